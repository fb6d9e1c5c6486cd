package org.yukiguni.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Typed access to {@code config.json}. Keys that equal the class default are often absent there, so
 * every default is given by the caller, from transformers' configuration classes.
 */
final class ConfigJson {
  private final Path file;
  private final JsonNode root;

  ConfigJson(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  Path file() {
    return file;
  }

  /** A positive number that must be there, under the first of these names that is. */
  int size(String... names) {
    JsonNode node = first(names);
    if (node == null) {
      throw new CheckpointException(
          "Cannot use " + file + " because it has no " + String.join(" or ", names));
    }
    return positive(node, names);
  }

  /** A positive number, or the default where it is absent or null. */
  int sizeOr(int defaultValue, String... names) {
    JsonNode node = first(names);
    return node == null ? defaultValue : positive(node, names);
  }

  double numberOr(double defaultValue, String... names) {
    JsonNode node = first(names);
    if (node == null) {
      return defaultValue;
    }
    if (!node.isNumber()) {
      throw wrong(names, node, "a number");
    }
    return node.asDouble();
  }

  boolean flagOr(boolean defaultValue, String name) {
    JsonNode node = first(name);
    if (node == null) {
      return defaultValue;
    }
    if (!node.isBoolean()) {
      throw wrong(new String[] {name}, node, "true or false");
    }
    return node.asBoolean();
  }

  String textOr(String defaultValue, String name) {
    JsonNode node = first(name);
    if (node == null) {
      return defaultValue;
    }
    if (!node.isTextual()) {
      throw wrong(new String[] {name}, node, "a text");
    }
    return node.asText();
  }

  /** One of Hugging Face's activation names that the scripts know. */
  String activation(String name, String defaultValue) {
    List<String> known =
        List.of("gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "silu", "relu");
    String activation = textOr(defaultValue, name);
    if (!known.contains(activation)) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s of %s because %s is not supported; supported are %s",
              name, file, activation, known));
    }
    return activation;
  }

  /** A number that must be there. */
  double number(String name) {
    if (!has(name)) {
      throw new CheckpointException("Cannot use " + file + " because it has no " + name);
    }
    return numberOr(0, name);
  }

  /** An object within, empty where it is absent, null or something else. */
  Optional<ConfigJson> object(String name) {
    JsonNode node = root.path(name);
    return node.isObject() ? Optional.of(new ConfigJson(file, node)) : Optional.empty();
  }

  /** Whether a key is there and not null. */
  boolean has(String name) {
    return first(name) != null;
  }

  Stream<JsonNode> values() {
    return root.properties().stream().map(Map.Entry::getValue);
  }

  /** A list of texts; empty where it is absent or null. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    root.path(name).forEach(node -> texts.add(node.asText()));
    return texts;
  }

  /**
   * How many positions a token sees, its own included. For this key null means all, other than
   * absence, which means the default.
   *
   * @return 0 for all
   */
  int windowOr(int defaultValue, String name) {
    return root.path(name).isNull() ? 0 : sizeOr(defaultValue, name);
  }

  /**
   * A soft cap. For this key null means none, other than absence, which means the default.
   *
   * @return 0 for none
   */
  double capOr(double defaultValue, String name) {
    double cap = root.path(name).isNull() ? 0 : numberOr(defaultValue, name);
    if (cap < 0 || (cap == 0 && has(name))) {
      throw wrong(new String[] {name}, root.get(name), "a number above 0 or null");
    }
    return cap;
  }

  /** Refuses a key whose value changes the mathematics, unless it is the one that does not. */
  void refuseUnless(String name, boolean harmless) {
    if (flagOr(harmless, name) != harmless) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because %s: %s is not supported", file, name, root.get(name)));
    }
  }

  /** Refuses {@code layer_types} that name another kind of attention. */
  void refuseLayerTypesOtherThan(String supported) {
    for (String type : texts("layer_types")) {
      if (!type.equals(supported)) {
        throw new CheckpointException(
            String.format("Cannot use %s because %s in layer_types is not supported", file, type));
      }
    }
  }

  /** Refuses weights in a quantised form. */
  void refuseQuantized() {
    JsonNode node = first("quantization_config");
    if (node != null) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because its weights are quantised (quantization_config: %s); use the"
                  + " model's unquantised checkpoint",
              file, node.path("quant_method").asText("unknown")));
    }
  }

  int headDim(int width, int heads) {
    JsonNode node = first("head_dim");
    if (node != null) {
      return positive(node, "head_dim");
    }
    if (width % heads != 0) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because the width %d is no multiple of the %d heads",
              file, width, heads));
    }
    return width / heads;
  }

  private int positive(JsonNode node, String... names) {
    if (!node.canConvertToInt() || !node.isIntegralNumber() || node.asInt() < 1) {
      throw wrong(names, node, "a whole number above 0");
    }
    return node.asInt();
  }

  private JsonNode first(String... names) {
    return Arrays.stream(names)
        .map(root::get)
        .filter(node -> node != null && !node.isNull())
        .findFirst()
        .orElse(null);
  }

  private CheckpointException wrong(String[] names, JsonNode node, String expected) {
    return new CheckpointException(
        String.format(
            "Cannot use %s because %s is %s, not %s",
            file, String.join(" or ", names), node, expected));
  }
}
