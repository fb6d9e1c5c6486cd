package org.yukiguni.job;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a row becomes a prompt: a text from a column or filled from several, or a conversation in a
 * column; a template with a name or the model's own then words it.
 *
 * @param column whose text is the prompt, or with a named template the user's message; null if the
 *     others say it
 * @param messages column with a conversation: an array of structs or maps with {@code role} and
 *     {@code content}, or JSON text of such; null if a row is no conversation
 * @param template the name of a template, {@code chat} for the model's own, a file that ends in
 *     {@code .jinja}, or a text in which {@code {column}} stands for the row's value; null to take
 *     a column's text as it is and a conversation to the model's own template
 * @param input column with the input of an Alpaca instruction; null for none
 * @param system message to put before conversations that begin with none; null for none
 * @param chatTemplateKwargs further variables for the template
 * @param addSpecialTokens whether the tokenizer adds its own tokens (BOS, EOS) to the prompt
 */
public record PromptSpec(
    String column,
    String messages,
    String template,
    String input,
    String system,
    @Key(otherwise = "{}") Map<String, Object> chatTemplateKwargs,
    @Key(otherwise = "auto") AddSpecialTokens addSpecialTokens)
    implements Serializable {
  /** The name of the model's own template. */
  public static final String CHAT = "chat";

  private static final String FILE = ".jinja";

  public PromptSpec {
    chatTemplateKwargs = Collections.unmodifiableMap(new LinkedHashMap<>(chatTemplateKwargs));
  }

  /** A prompt that is the text of a column, as it is. */
  public static PromptSpec ofColumn(String column) {
    return new PromptSpec(column, null, null, null, null, Map.of(), AddSpecialTokens.AUTO);
  }

  /** Whether the template is a text with {@code {column}} in it. */
  public boolean isInline() {
    return template != null && (template.indexOf('{') >= 0 || template.indexOf('}') >= 0);
  }

  /** Whether the template is a file of the user's. */
  public boolean isFile() {
    return template != null && !isInline() && template.endsWith(FILE);
  }

  /** Whether rows become messages that a template in Jinja words. */
  public boolean isConversation() {
    return messages != null || (template != null && !isInline());
  }

  /** Notes what is wrong with the keys as they stand together. */
  void check(boolean isBatch, Problems problems) {
    boolean isKnown =
        template == null || isInline() || isFile() || NamedTemplate.NAMES.contains(template);
    if (!isKnown && !template.equals(CHAT)) {
      problems.add(
          "prompt.template",
          "'%s' is no template; give chat, %s, a file that ends in .jinja, or a text with {column}"
              .formatted(template, String.join(", ", NamedTemplate.NAMES)));
    }
    if (isInline()) {
      checkInline(problems);
    }
    checkSource(isBatch, problems);
    boolean takesInput =
        isFile()
            || NamedTemplate.find(String.valueOf(template)).stream()
                .anyMatch(NamedTemplate::takesInput);
    if (input != null && !takesInput) {
      problems.add("prompt.input", "has no effect without an Alpaca template; remove it");
    }
    boolean isWorded = isBatch || isConversation();
    if (!isWorded && system != null) {
      problems.add(
          "prompt.system", "has no effect without messages or a named template; remove it");
    }
    if (!isWorded && !chatTemplateKwargs.isEmpty()) {
      problems.add(
          "prompt.chat_template_kwargs",
          "has no effect without messages or a named template; remove it");
    }
  }

  private void checkInline(Problems problems) {
    try {
      PromptTemplate unused = PromptTemplate.parse(template);
    } catch (IllegalArgumentException e) {
      problems.add("prompt.template", e.getMessage());
    }
  }

  private void checkSource(boolean isBatch, Problems problems) {
    if (isBatch && (isInline() || column != null || messages != null)) {
      problems.add(
          "prompt",
          "column, messages and texts have no effect with openai-batch, whose requests say it; "
              + "remove them");
    } else if (isInline() && (column != null || messages != null)) {
      problems.add("prompt", "a text with {column} and a column contradict each other; keep one");
    } else if (column != null && messages != null) {
      problems.add("prompt", "column and messages contradict each other; keep one of them");
    } else if (!isBatch && !isInline() && column == null && messages == null) {
      problems.add(
          "prompt", "missing column, messages or a template with {column}; give one of them");
    }
  }
}
