package org.yukiguni.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Reads the rotary keys of {@code config.json}: the form of transformers 4 ({@code rope_theta},
 * {@code rope_scaling} with {@code type} or {@code rope_type}) or 5 ({@code rope_parameters}),
 * after its {@code modeling_rope_utils.py}.
 */
final class RotaryKeys {
  private static final String V5 = "rope_parameters";
  private static final String V4 = "rope_scaling";

  private RotaryKeys() {}

  /**
   * Reads them.
   *
   * @param defaultShare of the head's channels that are rotated, where the file does not say
   * @throws CheckpointException for a scaling that is not supported
   */
  static Rotary read(ConfigJson json, int headDim, double defaultShare) {
    double share = number(json, defaultShare, "partial_rotary_factor", "rotary_pct");
    double theta = number(json, 10000, "rope_theta", "rotary_emb_base");
    int dim = (int) (headDim * share);
    if (dim < 2 || dim % 2 != 0 || dim > headDim) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because %d of %d channels would be rotated, not an even number of them",
              json.file(), dim, headDim));
    }
    for (String key : List.of(V5, V4)) {
      if (json.object(key).isPresent()) {
        ConfigJson scaling = json.object(key).get();
        String type = type(json, scaling, key);
        if (!type.equals("default")) {
          return new Rotary(dim, theta, type, numbers(scaling, type, key));
        }
      }
    }
    return new Rotary(dim, theta, "default", List.of());
  }

  private static double number(ConfigJson json, double defaultValue, String... names) {
    double outer = json.numberOr(defaultValue, names);
    return json.object(V5).map(inner -> inner.numberOr(outer, names)).orElse(outer);
  }

  private static String type(ConfigJson json, ConfigJson scaling, String key) {
    String type = scaling.textOr(scaling.textOr("", "type"), "rope_type");
    boolean perLayer = scaling.values().anyMatch(JsonNode::isObject);
    if (perLayer || (type.isEmpty() && scaling.has("factor"))) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because its %s has no rope_type that holds for all layers",
              json.file(), key));
    }
    return type.isEmpty() ? "default" : type;
  }

  private static List<Double> numbers(ConfigJson scaling, String type, String key) {
    List<Double> numbers =
        switch (type) {
          case "linear" -> List.of(scaling.number("factor"));
          case "llama3" ->
              List.of(
                  scaling.number("factor"),
                  scaling.number("low_freq_factor"),
                  scaling.number("high_freq_factor"),
                  scaling.number("original_max_position_embeddings"));
          default ->
              throw new CheckpointException(
                  String.format(
                      "Cannot use %s because its %s of type %s is not supported; supported are"
                          + " default, linear and llama3",
                      scaling.file(), key, type));
        };
    boolean isOrdered = numbers.size() < 4 || numbers.get(1) < numbers.get(2);
    if (!isOrdered || numbers.stream().anyMatch(n -> !(n > 0))) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because its %s has the numbers %s, which must be above 0 and rise from"
                  + " low_freq_factor to high_freq_factor",
              scaling.file(), key, numbers));
    }
    return numbers;
  }
}
