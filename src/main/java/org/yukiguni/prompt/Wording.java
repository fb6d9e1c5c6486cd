package org.yukiguni.prompt;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yukiguni.jinja.Template;
import org.yukiguni.jinja.TemplateException;
import org.yukiguni.job.AddSpecialTokens;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.NamedTemplate;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.tokenizer.PromptConventions;

/**
 * How a job's conversations become texts. Travels to executors.
 *
 * @param source of the template, in Jinja
 * @param variables that the template sees beside {@code messages} and {@code input}
 * @param system message for conversations that begin with none, or null
 * @param now what the template takes for the time, the same for all rows
 */
record Wording(String source, Map<String, Object> variables, String system, LocalDateTime now)
    implements Serializable {

  /**
   * The wording that a job asks for; empty if the model has no template of its own and the job
   * names none.
   *
   * @throws InvalidJobException if the template cannot be read or is not Jinja
   */
  static Optional<Wording> of(PromptSpec prompt, PromptConventions model) {
    return source(prompt, model)
        .map(
            source -> {
              check(source);
              Map<String, Object> variables = new HashMap<>(model.specialTokens());
              variables.put("add_generation_prompt", true);
              variables.put("tools", null);
              variables.put("documents", null);
              variables.putAll(prompt.chatTemplateKwargs());
              return new Wording(
                  source, variables, prompt.system(), LocalDateTime.now(ZoneId.systemDefault()));
            });
  }

  private static Optional<String> source(PromptSpec prompt, PromptConventions model) {
    if (prompt.isFile()) {
      return Optional.of(read(Path.of(prompt.template())));
    }
    return NamedTemplate.find(String.valueOf(prompt.template()))
        .map(NamedTemplate::template)
        .or(model::chatTemplate);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidJobException(
          "prompt.template: Cannot read %s because of %s; give a readable file".formatted(file, e));
    }
  }

  private static void check(String source) {
    try {
      Template unused = Template.parse(source);
    } catch (TemplateException e) {
      throw new InvalidJobException(
          "prompt.template: Cannot use the template because %s; correct it or name another one"
              .formatted(e.getMessage()));
    }
  }

  /**
   * Whether the tokenizer adds its special tokens to what is worded so. A chat template writes them
   * itself.
   */
  static boolean addsSpecialTokens(PromptSpec prompt, PromptConventions model) {
    return switch (prompt.addSpecialTokens()) {
      case TRUE -> true;
      case FALSE -> false;
      case AUTO ->
          model.addsOnlyInFront()
              && NamedTemplate.find(String.valueOf(prompt.template()))
                  .map(named -> named.addSpecialTokens() == AddSpecialTokens.AUTO)
                  .orElse(!prompt.isConversation());
    };
  }

  /**
   * The text of a conversation.
   *
   * @param template the source, parsed
   * @param input further text for the template, or null
   * @throws TemplateException if the template refuses the conversation
   */
  String render(Template template, List<Object> messages, String input) {
    Map<String, Object> all = new HashMap<>(variables);
    all.put("messages", withSystem(messages));
    all.put("input", input);
    return template.render(all, now);
  }

  private List<Object> withSystem(List<Object> messages) {
    boolean hasOne =
        !messages.isEmpty()
            && messages.get(0) instanceof Map<?, ?> first
            && "system".equals(first.get("role"));
    if (system == null || hasOne) {
      return messages;
    }
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", "system");
    message.put("content", system);
    List<Object> all = new ArrayList<>(List.of(message));
    all.addAll(messages);
    return all;
  }
}
