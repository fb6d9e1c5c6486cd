package org.yukiguni.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
 */
public record Job(
    @Key(presence = Key.Presence.REQUIRED) String name,
    @Key(otherwise = "{}") InputSpec input,
    @Key(otherwise = "{}") PromptSpec prompt,
    @Key(otherwise = "{}") ModelSpec model,
    @Key(otherwise = "{}") GenerationSettings generation,
    @Key(otherwise = "{}") EngineSpec engine,
    @Key(otherwise = "{}") OutputSpec output,
    @Key(otherwise = "{}") RunSpec run)
    implements Serializable {

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
   * SHA-256 in hex over what decides about the tokens: input, prompt, model and generation, as the
   * job says them. The contents of the input and of the model's folder are not in it.
   */
  public String fingerprint() {
    ObjectNode tree = JobTree.of(this).retain("input", "prompt", "model", "generation");
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(tree.toString().getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private ObjectNode redacted() {
    ObjectNode tree = JobTree.of(this);
    Redaction.apply(tree);
    return tree;
  }
}
