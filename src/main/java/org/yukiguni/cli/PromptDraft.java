package org.yukiguni.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.prompt.InputProbe;

/**
 * How a draft's rows become prompts: which column, and which template.
 *
 * @param dataset its path
 * @param model as the person named it
 * @param hasChatTemplate whether its folder has one
 * @param probe of the dataset
 */
record PromptDraft(String dataset, String model, boolean hasChatTemplate, InputProbe probe) {
  private static final List<String> LIKELY =
      List.of("prompt", "question", "instruction", "query", "text", "content", "input", "value");

  private static final List<String> BATCH = List.of("custom_id", "method", "url");

  /** Models that were taught a form and ship no template for it. */
  private static final Map<String, Pattern> FAMILIES =
      Map.of(
          "rinna-dialogue", Pattern.compile("japanese-gpt-neox-3\\.6b-instruction"),
          "rinna-bilingual", Pattern.compile("bilingual-gpt-neox-4b-instruction"),
          "alpaca-ja", Pattern.compile("(?i)swallow.*instruct"));

  /** The column that becomes the prompts: conversations, a likely name, or the most text. */
  InputProbe.Shape source() {
    return columns(InputProbe.Kind.CONVERSATION).stream().findFirst().orElseGet(this::text);
  }

  private InputProbe.Shape text() {
    if (probe.columns().stream().map(PromptDraft::lower).toList().containsAll(BATCH)) {
      throw new InvalidJobException(
          "Cannot make prompts of %s because it holds requests of OpenAI's Batch API; take jobs/openai-batch.yaml and name this file in it"
              .formatted(dataset));
    }
    List<InputProbe.Shape> texts =
        columns(InputProbe.Kind.TEXT).stream().filter(column -> column.meanLength() > 0).toList();
    return LIKELY.stream()
        .flatMap(likely -> texts.stream().filter(c -> lower(c).equals(likely)))
        .findFirst()
        .or(() -> texts.stream().max(Comparator.comparingDouble(InputProbe.Shape::meanLength)))
        .orElseThrow(
            () ->
                new InvalidJobException(
                    "Cannot make prompts of %s because none of its columns %s holds texts; give another dataset"
                        .formatted(
                            dataset,
                            probe.columns().stream()
                                .map(InputProbe.Shape::name)
                                .collect(Collectors.joining(", ")))));
  }

  private List<InputProbe.Shape> columns(InputProbe.Kind kind) {
    return probe.columns().stream().filter(column -> column.kind() == kind).toList();
  }

  private boolean isConversation() {
    return source().kind() == InputProbe.Kind.CONVERSATION;
  }

  /** The column with more for the model, where an instruction has one as in Alpaca's dataset. */
  private Optional<InputProbe.Shape> addition() {
    return lower(source()).equals("instruction")
        ? columns(InputProbe.Kind.TEXT).stream().filter(c -> lower(c).equals("input")).findFirst()
        : Optional.empty();
  }

  /** The template's name; empty if a text is the prompt as it is. */
  Optional<String> template() {
    if (hasChatTemplate) {
      return Optional.of("chat");
    }
    return FAMILIES.entrySet().stream()
        .filter(family -> family.getValue().matcher(model).find())
        .map(Map.Entry::getKey)
        .findFirst()
        .or(() -> isConversation() ? Optional.of("plain") : Optional.empty());
  }

  /** The group's keys, each with its comment. */
  Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    String column = JobDraft.quoted(source().name());
    if (isConversation()) {
      keys.put("messages", column);
    } else if (addition().isPresent() && !takesInput()) {
      String both = "{" + source().name() + "}\n{" + addition().get().name() + "}\n";
      keys.put("template", JobDraft.quoted(both));
      return keys;
    } else {
      keys.put(
          "column",
          template().isPresent()
              ? column + "  # the user's message"
              : column + "  # or a text with columns in it, such as template: \"Q: {question}\"");
    }
    template().ifPresent(name -> keys.put("template", name + "  # " + why(name)));
    if (takesInput()) {
      addition().ifPresent(more -> keys.put("input", JobDraft.quoted(more.name())));
    }
    return keys;
  }

  private boolean takesInput() {
    return template().filter(name -> name.startsWith("alpaca")).isPresent();
  }

  private static String why(String template) {
    return switch (template) {
      case "chat" -> "the model's own";
      case "plain" -> "the model brings none; if it was taught one, name that, or a file";
      default -> "what the model's card asks for";
    };
  }

  static String lower(InputProbe.Shape column) {
    return column.name().toLowerCase(Locale.ROOT);
  }
}
