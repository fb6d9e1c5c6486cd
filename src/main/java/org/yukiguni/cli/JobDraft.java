package org.yukiguni.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.yukiguni.job.InputFormat;
import org.yukiguni.prompt.InputProbe;

/**
 * A job file for a dataset and a model, with what was found out about them.
 *
 * @param name of the job
 * @param format of the dataset
 * @param dataset its path
 * @param model as the person named it
 * @param contextLength of the model, in tokens
 * @param hasChatTemplate whether the model brings one
 * @param probe of the dataset
 */
record JobDraft(
    String name,
    InputFormat format,
    String dataset,
    String model,
    int contextLength,
    boolean hasChatTemplate,
    InputProbe probe) {
  private static final int MAX_KEPT_VALUES = 40;
  private static final int MAX_NEW_TOKENS = 256;

  /** How the rows become prompts. */
  PromptDraft prompt() {
    return new PromptDraft(dataset, model, hasChatTemplate, probe);
  }

  /** A column that names each row: called so, without nulls and doubles. */
  Optional<InputProbe.Shape> id() {
    return probe.columns().stream()
        .filter(c -> c.distinct() == probe.rows() && c.nulls() == 0)
        .filter(c -> PromptDraft.lower(c).matches("id|uid|uuid|key|index|.*[_-]id"))
        .min(Comparator.comparingInt(c -> PromptDraft.lower(c).length()));
  }

  /** Columns of few values, worth grouping by. */
  List<String> kept() {
    return probe.columns().stream()
        .filter(c -> c.distinct() > 1 && c.distinct() <= MAX_KEPT_VALUES)
        .filter(c -> c.distinct() < probe.rows() && c.kind() == InputProbe.Kind.TEXT)
        .filter(c -> !c.name().equals(prompt().source().name()))
        .map(InputProbe.Shape::name)
        .toList();
  }

  /** New tokens that leave most of the context to the prompt. */
  int maxNewTokens() {
    return Math.min(MAX_NEW_TOKENS, Math.max(1, contextLength / 4));
  }

  String yaml() {
    String columns =
        probe.columns().stream().map(InputProbe.Shape::name).collect(Collectors.joining(", "));
    return """
    # Written by yukiguni init; every key is explained in the README. Any of them can be set for one
    # run as in --set generation.temperature=0.2

    name: %s

    input:
      format: %s
      path: %s
    %s
    %s
    prompt:                    # columns: %s
    %s

    model:
      path: %s
                               # it sees %,d tokens of prompt and completion together

    generation:                # Hugging Face's names; what is not here comes from the model
      max_new_tokens: %d
      do_sample: true          # false takes the most probable token each time
      temperature: 0.8
      num_return_sequences: 1  # completions for each prompt
      seed: 42                 # the same seed gives the same texts on any cluster

    output:
      path: %s
      mode: resume             # the same command goes on with a run that broke
    """
        .formatted(
            quoted(name),
            format.name().toLowerCase(Locale.ROOT),
            quoted(dataset),
            id().map(c -> "  id: " + quoted(c.name()))
                .orElse("  # no column names the rows, so the hash of its prompt names each"),
            kept().isEmpty()
                ? ""
                : "  keep: [%s]  # to be copied to the output\n"
                    .formatted(
                        kept().stream().map(JobDraft::quoted).collect(Collectors.joining(", "))),
            columns.replaceAll("\\s", " "),
            prompt().keys().entrySet().stream()
                .map(key -> "  %s: %s".formatted(key.getKey(), key.getValue()))
                .collect(Collectors.joining("\n")),
            quoted(model),
            contextLength,
            maxNewTokens(),
            quoted("output/" + name));
  }

  /** A text as YAML takes it whatever is in it. */
  static String quoted(String text) {
    if (text.matches("[A-Za-z][\\w./-]*")
        && !text.matches("(?i)y|n|yes|no|on|off|true|false|null")) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (c == '\n') {
                quoted.append("\\n");
              } else if (Character.isISOControl(c)) {
                quoted.append("\\x%02x".formatted(c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }
}
