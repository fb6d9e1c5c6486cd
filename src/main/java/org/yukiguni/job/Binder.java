package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes records of a tree and notes everything that is wrong with it on the way. */
final class Binder {
  private final Problems problems;
  private final Values values;

  Binder(Problems problems) {
    this.problems = problems;
    this.values = new Values(problems);
  }

  /**
   * Binds one group.
   *
   * @param path of the group; empty for the whole job
   * @return the record, or null after a problem was noted
   */
  <T extends Record> T bind(String path, JsonNode node, Class<T> type) {
    if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
      problems.add(
          path.isEmpty() ? "job" : path,
          "found " + Values.describe(node) + "; give a group of keys");
      return null;
    }
    int before = problems.count();
    Keys keys = Keys.of(type);
    ObjectNode group = underOwnNames(path, node, keys);
    UnsupportedKeys.of(type).remove(path, group, problems);
    refuseUnknown(path, group, keys, type);
    checkOneOf(path, group, type.getAnnotation(OneOf.class));
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = value(path, group, components[i]);
    }
    return problems.count() == before ? create(type, components, arguments) : null;
  }

  /** The group with every alias replaced by the key that it stands for. */
  private ObjectNode underOwnNames(String path, JsonNode node, Keys keys) {
    ObjectNode group = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = keys.canonical(entry.getKey());
      if (group.has(name)) {
        List<String> names =
            keys.all().stream()
                .filter(other -> keys.canonical(other).equals(name) && node.has(other))
                .toList();
        problems.add(at(path, name), "given as " + String.join(" and as ", names) + "; keep one");
      }
      group.set(name, entry.getValue());
    }
    return group;
  }

  private void refuseUnknown(
      String path, ObjectNode group, Keys keys, Class<? extends Record> type) {
    for (Map.Entry<String, JsonNode> entry : group.properties()) {
      String name = entry.getKey();
      if (keys.components().containsKey(name)) {
        continue;
      }
      List<String> known = keys.all();
      known.addAll(UnsupportedKeys.of(type).names());
      Optional<String> likely =
          Keys.home(name).map(home -> at(home, name)).or(() -> EditDistance.likely(name, known));
      problems.add(
          at(path, name),
          "unknown key; "
              + likely
                  .map(meant -> "did you mean " + meant + "?")
                  .orElse("known are " + String.join(", ", keys.components().keySet())));
    }
  }

  private void checkOneOf(String path, ObjectNode group, OneOf rule) {
    if (rule == null) {
      return;
    }
    List<String> set = Arrays.stream(rule.value()).filter(group::hasNonNull).toList();
    if (set.isEmpty()) {
      problems.add(path, "missing " + String.join(" or ", rule.value()) + "; give one of them");
    } else if (set.size() > 1) {
      problems.add(path, String.join(" and ", set) + " contradict each other; keep one of them");
    }
  }

  private Object value(String path, ObjectNode group, RecordComponent component) {
    String name = Keys.snakeCase(component.getName());
    String key = at(path, name);
    Key rule = Keys.rule(component);
    boolean set = group.hasNonNull(name);
    boolean needed =
        rule.presence() == Key.Presence.REQUIRED
            || (!rule.with().isEmpty() && group.hasNonNull(rule.with()));
    if (!set && needed) {
      problems.add(key, "missing; give " + Values.expected(component.getType()));
      return null;
    }
    if (set && !rule.with().isEmpty() && !group.hasNonNull(rule.with())) {
      problems.add(key, "has no effect without " + rule.with() + "; remove it");
    }
    JsonNode node = set ? group.get(name) : fallback(rule);
    if (node == null) {
      return null;
    }
    Optional<Class<? extends Record>> inner = Keys.group(component);
    return inner.isPresent()
        ? bind(key, node, inner.get())
        : values.read(key, node, component.getGenericType(), rule);
  }

  private static JsonNode fallback(Key rule) {
    try {
      return rule.otherwise().isEmpty() ? null : Yaml.parse(rule.otherwise());
    } catch (Yaml.SyntaxException e) {
      throw new IllegalStateException("The default " + rule.otherwise() + " is not YAML", e);
    }
  }

  static <T extends Record> T create(
      Class<T> type, RecordComponent[] components, Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot create " + type + " from its checked values", e);
    }
  }

  /** The path of a key in a group. */
  static String at(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
