package org.yukiguni.job;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The keys of a group: the components of its record under their YAML names. */
final class Keys {
  private static final Key PLAIN = Plain.class.getRecordComponents()[0].getAnnotation(Key.class);

  private final Map<String, RecordComponent> components = new LinkedHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();

  private Keys(Class<? extends Record> group) {
    for (RecordComponent component : group.getRecordComponents()) {
      String name = snakeCase(component.getName());
      components.put(name, component);
      for (String alias : rule(component).aliases()) {
        aliases.put(alias, name);
      }
    }
  }

  static Keys of(Class<? extends Record> group) {
    return new Keys(group);
  }

  /** Names and components in the order of the record. */
  Map<String, RecordComponent> components() {
    return components;
  }

  /** Each alias with the key it stands for. */
  Map<String, String> aliases() {
    return aliases;
  }

  /** The key's own name for a name or alias; any other text as it is. */
  String canonical(String name) {
    return aliases.getOrDefault(name, name);
  }

  /** Names and aliases. */
  List<String> all() {
    List<String> all = new ArrayList<>(components.keySet());
    all.addAll(aliases.keySet());
    return all;
  }

  /** What the component says about its key. */
  static Key rule(RecordComponent component) {
    Key rule = component.getAnnotation(Key.class);
    return rule == null ? PLAIN : rule;
  }

  /** The component's type if it is a group of keys itself. */
  static Optional<Class<? extends Record>> group(RecordComponent component) {
    Class<?> type = component.getType();
    // A record that is written as one value has a parser or is a number, not keys.
    return type.isRecord() && !Values.isValue(type)
        ? Optional.of(type.asSubclass(Record.class))
        : Optional.empty();
  }

  /** The group of a job that has this key, for keys written in the wrong place. */
  static Optional<String> home(String key) {
    return Arrays.stream(Job.class.getRecordComponents())
        .filter(component -> group(component).isPresent())
        .filter(component -> Keys.of(group(component).orElseThrow()).all().contains(key))
        .map(component -> snakeCase(component.getName()))
        .findFirst();
  }

  static String snakeCase(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** Carries the rule of a component that has none. */
  private record Plain(@Key int value) {}
}
