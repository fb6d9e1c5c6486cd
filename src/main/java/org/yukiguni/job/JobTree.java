package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;

/** Records back to a tree: the keys that are set, in the order of the records. */
final class JobTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JobTree() {}

  static ObjectNode of(Record group) {
    ObjectNode tree = NODES.objectNode();
    for (RecordComponent component : group.getClass().getRecordComponents()) {
      Object value = value(group, component);
      if (value != null) {
        tree.set(Keys.snakeCase(component.getName()), node(value));
      }
    }
    return tree;
  }

  /** The value of a component; null if unset. */
  static Object value(Record group, RecordComponent component) {
    try {
      return component.getAccessor().invoke(group);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component + " of " + group, e);
    }
  }

  /** Adds the values of a tree as texts, under their keys joined by dots; a list is one value. */
  static void flatten(String path, ObjectNode group, Map<String, String> flat) {
    for (Map.Entry<String, JsonNode> entry : group.properties()) {
      String key = path + entry.getKey();
      if (entry.getValue() instanceof ObjectNode inner) {
        flatten(key + ".", inner, flat);
      } else {
        flat.put(
            key,
            entry.getValue().isValueNode()
                ? entry.getValue().asText()
                : entry.getValue().toString());
      }
    }
  }

  private static JsonNode node(Object value) {
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(node(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, each) -> object.set(String.valueOf(key), node(each)));
      return object;
    }
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof AutoCount count && !count.isAuto()) {
      return NODES.numberNode(count.value());
    }
    if (value instanceof MemorySize size && !size.isAuto()) {
      return NODES.numberNode(size.bytes());
    }
    if (value instanceof Record group && !Values.isValue(value.getClass())) {
      return of(group);
    }
    if (value instanceof Boolean bool) {
      return NODES.booleanNode(bool);
    }
    if (value instanceof Integer number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Long number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Double number) {
      return NODES.numberNode(number);
    }
    String text = value instanceof Enum<?> ? Values.label(value) : value.toString();
    // Constants that are written as the truth values.
    boolean isTruth = value instanceof Enum<?> && (text.equals("true") || text.equals("false"));
    return isTruth ? NODES.booleanNode(text.equals("true")) : NODES.textNode(text);
  }
}
