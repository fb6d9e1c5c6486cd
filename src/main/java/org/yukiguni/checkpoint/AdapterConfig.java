package org.yukiguni.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * {@code adapter_config.json} of a LoRA (<a href="https://arxiv.org/abs/2106.09685">paper</a>) as
 * peft writes it ({@code tuners/lora/config.py}). What would change the mathematics in another way
 * is refused by name.
 */
final class AdapterConfig {
  /** Keys that must be absent, null, false or empty. */
  private static final List<String> OFF =
      List.of(
          "use_dora",
          "use_qalora",
          "use_bdlora",
          "lora_bias",
          "layer_replication",
          "trainable_token_indices",
          "target_parameters",
          "alora_invocation_tokens",
          "kasa_config",
          "arrow_config",
          "velora_config",
          "monteclora_config");

  /** Initialisations that change the base model's weights as well. */
  private static final Pattern BASE_CHANGING = Pattern.compile("(pissa|olora|corda|loftq).*");

  private final Path file;
  private final JsonNode root;
  private final ConfigJson json;

  private AdapterConfig(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
    this.json = new ConfigJson(file, root);
  }

  static AdapterConfig read(Path file) {
    AdapterConfig config = new AdapterConfig(file, Json.read(file));
    String type = config.root.path("peft_type").asText("none");
    if (!type.equals("LORA")) {
      throw config.refused("peft_type: " + type + " is not supported; supported is LORA");
    }
    String bias = config.json.textOr("none", "bias");
    if (!bias.equals("none")) {
      throw config.refused("bias: " + bias + " is not supported; supported is none");
    }
    for (String key : OFF) {
      JsonNode value = config.root.path(key);
      boolean isOff =
          value.isMissingNode()
              || value.isNull()
              || (value.isBoolean() && !value.asBoolean())
              || (value.isContainerNode() && value.isEmpty());
      if (!isOff) {
        throw config.refused(key + ": " + value + " is not supported");
      }
    }
    String start = config.root.path("init_lora_weights").asText("");
    if (BASE_CHANGING.matcher(start).matches()) {
      throw config.refused(
          "init_lora_weights: " + start + " changed the base model too; convert it with peft");
    }
    return config;
  }

  /** The rank of a module, such as {@code model.layers.0.self_attn.q_proj}. */
  int rank(String module) {
    double rank = pattern("rank_pattern", module, json.sizeOr(8, "r"));
    if (rank != Math.rint(rank) || rank < 1) {
      throw refused("the rank of " + module + " is " + rank);
    }
    return (int) rank;
  }

  /** The factor of B A: alpha / r, or alpha / sqrt(r) with {@code use_rslora}. */
  double scale(String module) {
    double alpha = pattern("alpha_pattern", module, json.numberOr(8, "lora_alpha"));
    int rank = rank(module);
    return alpha / (json.flagOr(false, "use_rslora") ? Math.sqrt(rank) : rank);
  }

  /** Whether a whole copy of the module's weights was trained. */
  boolean savesWhole(String module) {
    return json.texts("modules_to_save").stream()
        .anyMatch(name -> module.equals(name) || module.endsWith("." + name));
  }

  /** What it was trained with. */
  LoraConfig toLoraConfig() {
    for (String key : List.of("rank_pattern", "alpha_pattern")) {
      if (!root.path(key).isEmpty()) {
        throw refused(key + " cannot be trained on");
      }
    }
    JsonNode targets = root.path("target_modules");
    return new LoraConfig(
        json.sizeOr(8, "r"),
        json.numberOr(8, "lora_alpha"),
        json.numberOr(0, "lora_dropout"),
        json.flagOr(false, "use_rslora"),
        targets.isTextual() ? List.of(targets.asText()) : json.texts("target_modules"),
        json.texts("modules_to_save"));
  }

  /** The first key that matches the module or the end of its path, as in peft. */
  private double pattern(String key, String module, double otherwise) {
    for (Map.Entry<String, JsonNode> entry : root.path(key).properties()) {
      try {
        if (Pattern.matches("(.*\\.)?(" + entry.getKey() + ")", module)) {
          return entry.getValue().asDouble(Double.NaN);
        }
      } catch (PatternSyntaxException e) {
        throw refused(key + " has the pattern " + entry.getKey() + ", which is none");
      }
    }
    return otherwise;
  }

  private CheckpointException refused(String reason) {
    return new CheckpointException("Cannot use " + file + " because " + reason);
  }
}
