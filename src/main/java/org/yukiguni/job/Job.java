package org.yukiguni.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Everything that a job file says, checked. Paths are as written; relative ones start at the
 * working directory.
 *
 * @param name names the run in logs and reports
 * @param input where the rows come from
 * @param prompt how a row becomes a prompt
 * @param model which model, and how it is held
 * @param generation what to generate, as far as the job says it
 * @param engine how much runs at once; changes speed and memory, never tokens
 * @param output where the completions go
 * @param run how the work is cut and when it counts as failed
 * @param report what is told at the end
 */
public record Job(
    @Key(presence = Key.Presence.REQUIRED) String name,
    @Key(otherwise = "{}") InputSpec input,
    @Key(otherwise = "{}") PromptSpec prompt,
    @Key(otherwise = "{}") ModelSpec model,
    @Key(otherwise = "{}") GenerationSettings generation,
    @Key(otherwise = "{}") EngineSpec engine,
    @Key(otherwise = "{}") OutputSpec output,
    @Key(otherwise = "{}") RunSpec run,
    @Key(otherwise = "{}") ReportSpec report)
    implements PromptInput, Serializable {
  private static final Pattern IDENTITY =
      Pattern.compile(
          "(input|prompt|generation)\\..*|model\\.(dtype|quantization)|output\\.token_ids"
              + "|run\\.max_repeats");

  /** The whole job as YAML, defaults included and secrets hidden, always in the same order. */
  public String toYaml() {
    return Yaml.write(redacted());
  }

  /**
   * The effective job: as {@link #toYaml()}, with the resolved generation settings in place of the
   * job's, and a comment after each that says where it comes from.
   */
  public String toYaml(ResolvedGeneration resolved) {
    ObjectNode tree = redacted();
    ObjectNode settings = JobTree.of(resolved.settings());
    tree.set("generation", settings);
    StringBuilder text = new StringBuilder();
    String group = "";
    for (String line : Yaml.write(tree).lines().toList()) {
      String key = line.strip().replaceFirst(":.*", "");
      group = line.startsWith(" ") ? group : key;
      // Two blanks are a key of the group; the elements of a list lie deeper.
      boolean isSetting = group.equals("generation") && line.matches("  \\w.*");
      text.append(line).append(isSetting ? "  # " + resolved.origins().get(key).label() : "");
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * What decides which rows are written and what is in them: each key with its value as text,
   * secrets hidden. The name, the device, the engine's limits, the chunk size and the output folder
   * are no part of it, so they may change between a crash and the resume; nor are the contents of
   * the input and of the model's folder, and where that folder lies.
   *
   * @param generation the resolved settings, which take the place of the job's
   */
  public Map<String, String> identity(RowSettings generation) {
    ObjectNode tree = redacted();
    tree.set("generation", JobTree.of(generation.settings()));
    Map<String, String> identity = new TreeMap<>();
    JobTree.flatten("", tree, identity);
    identity.keySet().removeIf(key -> !IDENTITY.matcher(key).matches());
    return identity;
  }

  private ObjectNode redacted() {
    ObjectNode tree = JobTree.of(this);
    Redaction.apply(tree);
    return tree;
  }
}
