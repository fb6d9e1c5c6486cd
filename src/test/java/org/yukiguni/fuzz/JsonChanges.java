package org.yukiguni.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes a place of a JSON document and leaves it a document, so that what it says is tried. */
final class JsonChanges {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "{}",
          "[]",
          "\"\"",
          "0",
          "-1",
          "1",
          "7",
          "1e9",
          "1e308",
          "0.5",
          "2147483647",
          "2147483648",
          "-9223372036854775808",
          "99999999999999999999999999",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"雪 \"",
          "\"../../etc/passwd\"");

  private final Random random;

  JsonChanges(Random random) {
    this.random = random;
  }

  byte[] changed(byte[] input) {
    try {
      JsonNode root = JSON.readTree(input);
      if (root instanceof ContainerNode<?> container && !container.isEmpty()) {
        change(container);
      }
      return JSON.writeValueAsBytes(root);
    } catch (IOException e) {
      throw new IllegalArgumentException("only documents can be changed so", e);
    }
  }

  /** Goes down by chance, the same at each level, so that the few upper places are met too. */
  private void change(ContainerNode<?> parent) throws JsonProcessingException {
    ContainerNode<?> at = parent;
    while (random.nextInt(6) > 0) {
      JsonNode child = child(at, random.nextInt(at.size()));
      if (!(child instanceof ContainerNode<?> container) || container.isEmpty()) {
        break;
      }
      at = container;
    }
    if (at instanceof ObjectNode object) {
      change(object);
    } else if (at instanceof ArrayNode array) {
      change(array);
    }
  }

  private static JsonNode child(ContainerNode<?> parent, int index) {
    return parent instanceof ArrayNode array
        ? array.get(index)
        : parent.get(name((ObjectNode) parent, index));
  }

  private static String name(ObjectNode object, int index) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names.get(index);
  }

  private void change(ObjectNode object) throws JsonProcessingException {
    String name = name(object, random.nextInt(object.size()));
    JsonNode value = object.get(name);
    switch (random.nextInt(5)) {
      case 0 -> object.remove(name);
      case 1 -> object.set(text(name), object.remove(name));
      case 2 -> object.set(name, object.get(name(object, random.nextInt(object.size()))));
      default -> object.set(name, other(value));
    }
  }

  private void change(ArrayNode array) throws JsonProcessingException {
    int at = random.nextInt(array.size());
    JsonNode value = array.get(at);
    switch (random.nextInt(5)) {
      case 0 -> array.remove(at);
      case 1 -> array.insert(random.nextInt(array.size() + 1), value.deepCopy());
      case 2 -> array.set(at, array.get(random.nextInt(array.size())));
      default -> array.set(at, other(value));
    }
  }

  /** Mostly of the same kind, since another kind is refused at once. */
  private JsonNode other(JsonNode value) throws JsonProcessingException {
    if (random.nextInt(4) > 0) {
      if (value.isTextual()) {
        return JSON.valueToTree(text(value.textValue()));
      }
      if (value.isIntegralNumber()) {
        return JSON.valueToTree(value.longValue() + random.nextInt(5) - 2);
      }
      if (value.isBoolean()) {
        return JSON.valueToTree(!value.booleanValue());
      }
    }
    return JSON.readTree(VALUES.get(random.nextInt(VALUES.size())));
  }

  private String text(String text) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + 1 + random.nextInt(3));
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, from) + text.substring(to);
      case 1 -> text.substring(0, from) + (char) (1 + random.nextInt(0x3FFF)) + text.substring(to);
      case 2 -> text.substring(0, to) + text.substring(from);
      default -> text.substring(0, from);
    };
  }
}
