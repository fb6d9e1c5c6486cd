package org.yukiguni.prompt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yukiguni.jinja.TemplateException;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.NamedTemplate;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.tokenizer.PromptConventions;

/** Conversations as texts in which the assistant's turns can be found, to learn from them. */
public final class ChatTurns {
  private static final String GENERATION_PROMPT = "add_generation_prompt";

  private final RenderConversation open;
  private final RenderConversation closed;

  private ChatTurns(Wording wording) {
    this.open = new RenderConversation(wording);
    Map<String, Object> variables = new HashMap<>(wording.variables());
    variables.put(GENERATION_PROMPT, false);
    this.closed =
        new RenderConversation(
            new Wording(wording.source(), variables, wording.system(), wording.now()));
  }

  /**
   * The wording that a job asks for.
   *
   * @throws InvalidJobException if there is none
   */
  public static ChatTurns of(PromptSpec prompt, PromptConventions model) {
    return Wording.of(prompt, model)
        .map(ChatTurns::new)
        .orElseThrow(
            () ->
                new InvalidJobException(
                    "prompt.template: Cannot word messages because the model has no chat template; name one of "
                        + String.join(", ", NamedTemplate.NAMES)
                        + ", or a file that ends in .jinja"));
  }

  /**
   * The text up to the beginning of each of the assistant's turns, as a generation sees it, and up
   * to its end; so two for each, every one the beginning of the next.
   *
   * @param messages a JSON list of role and content
   * @throws IllegalArgumentException if there are none, or the template gives no such texts
   */
  public List<String> texts(String messages) {
    List<Object> all = RenderConversation.read(messages);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof Map<?, ?> message && "assistant".equals(message.get("role"))) {
        try {
          texts.add(open.render(all.subList(0, i), null));
          texts.add(closed.render(all.subList(0, i + 1), null));
        } catch (TemplateException e) {
          throw new IllegalArgumentException("the template refuses it: " + e.getMessage(), e);
        }
      }
    }
    for (int i = 1; i < texts.size(); i++) {
      if (!texts.get(i).startsWith(texts.get(i - 1))) {
        throw new IllegalArgumentException(
            "the template words turn %d otherwise once another follows; end the messages with it"
                .formatted(i));
      }
    }
    return texts;
  }
}
