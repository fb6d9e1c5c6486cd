package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;

/** The {@code --set} texts of the command line, put into the tree before it is bound. */
final class Overrides {
  private Overrides() {}

  /** Sets one value, for example {@code generation.temperature=0.2}. */
  static void apply(ObjectNode job, String override, Problems problems) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      problems.add(
          "--set " + override, "no key and value; write it as in generation.temperature=0.2");
      return;
    }
    String path = override.substring(0, equals);
    int dot = path.indexOf('.');
    Optional<ObjectNode> group = dot < 0 ? Optional.of(job) : group(job, path.substring(0, dot));
    if (group.isEmpty()) {
      problems.add(
          "--set " + path,
          "found " + Values.describe(job.get(path.substring(0, dot))) + "; give a group of keys");
      return;
    }
    try {
      JsonNode value = Yaml.parse(override.substring(equals + 1));
      set(group.get(), dot < 0 ? "" : path.substring(0, dot), path.substring(dot + 1), value);
    } catch (Yaml.SyntaxException e) {
      problems.add("--set " + path, "the value is not YAML (" + e.getMessage() + "); quote it");
    }
  }

  private static Optional<ObjectNode> group(ObjectNode job, String name) {
    if (!job.hasNonNull(name)) {
      return Optional.of(job.putObject(name));
    }
    return job.get(name) instanceof ObjectNode group ? Optional.of(group) : Optional.empty();
  }

  /** Sets a value and removes what the file says under other names of the same key. */
  private static void set(ObjectNode group, String groupName, String name, JsonNode value) {
    Arrays.stream(Job.class.getRecordComponents())
        .filter(component -> Keys.snakeCase(component.getName()).equals(groupName))
        .flatMap(component -> Keys.group(component).stream())
        .map(Keys::of)
        .forEach(
            keys ->
                keys.all().stream()
                    .filter(other -> keys.canonical(other).equals(keys.canonical(name)))
                    .forEach(group::remove));
    group.set(name, value);
  }
}
