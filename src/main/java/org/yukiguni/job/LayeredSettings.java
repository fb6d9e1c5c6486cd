package org.yukiguni.job;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yukiguni.engine.GenerationConfig;

/** Generation settings laid over each other, the strongest first; each value keeps its origin. */
final class LayeredSettings {
  /** Bounds of the same thing: who sets one of a pair decides about both. */
  private static final List<List<String>> PAIRS =
      List.of(List.of("max_new_tokens", "max_length"), List.of("min_new_tokens", "min_length"));

  /** More than any context. */
  private static final int UNBOUNDED = 1 << 24;

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Origin> origins = new LinkedHashMap<>();

  /** Lays what is set under what is already there. */
  void add(Origin origin, GenerationSettings settings) {
    Map<String, Object> layer = new LinkedHashMap<>();
    for (RecordComponent component : GenerationSettings.class.getRecordComponents()) {
      layer.put(Keys.snakeCase(component.getName()), JobTree.value(settings, component));
    }
    for (List<String> pair : PAIRS) {
      if (pair.stream().anyMatch(values::containsKey)) {
        layer.keySet().removeAll(pair);
      }
    }
    layer.forEach((key, value) -> add(origin, key, value));
  }

  /** Lays end-of-sequence ids under what is already there; an empty list says nothing. */
  void addEos(Origin origin, List<Integer> ids) {
    add(origin, "eos_token_id", ids.isEmpty() ? null : List.copyOf(ids));
  }

  /**
   * Lays OpenAI's defaults under what is already there: plain sampling, and no bound but the
   * model's context.
   */
  void addOpenAiDefaults() {
    if (PAIRS.get(0).stream().noneMatch(values::containsKey)) {
      add(Origin.OPENAI, "max_new_tokens", UNBOUNDED);
    }
    add(Origin.OPENAI, "do_sample", true);
    add(Origin.OPENAI, "top_k", 0);
  }

  /** Lays Hugging Face's defaults under everything, so that only what may be unset stays so. */
  void addDefaults() {
    if (PAIRS.get(0).stream().noneMatch(values::containsKey)) {
      add(Origin.DEFAULT, "max_new_tokens", GenerationConfig.DEFAULT_MAX_NEW_TOKENS);
    }
    add(Origin.DEFAULT, "min_new_tokens", 0);
    add(Origin.DEFAULT, "min_length", 0);
    add(Origin.DEFAULT, "do_sample", false);
    add(Origin.DEFAULT, "temperature", 1.0);
    add(Origin.DEFAULT, "top_k", 50);
    add(Origin.DEFAULT, "top_p", 1.0);
    add(Origin.DEFAULT, "min_p", 0.0);
    add(Origin.DEFAULT, "repetition_penalty", 1.0);
    add(Origin.DEFAULT, "num_return_sequences", 1);
    add(Origin.DEFAULT, "eos_token_id", List.of());
    add(Origin.DEFAULT, "stop_strings", List.of());
    add(Origin.DEFAULT, "seed", 0L);
  }

  private void add(Origin origin, String key, Object value) {
    if (value != null && values.putIfAbsent(key, value) == null) {
      origins.put(key, origin);
    }
  }

  GenerationSettings settings() {
    RecordComponent[] components = GenerationSettings.class.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = values.get(Keys.snakeCase(components[i].getName()));
    }
    return Binder.create(GenerationSettings.class, components, arguments);
  }

  /** Where each set value comes from. */
  Map<String, Origin> origins() {
    return Map.copyOf(origins);
  }
}
