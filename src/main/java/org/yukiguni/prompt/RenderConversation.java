package org.yukiguni.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.jinja.Template;
import org.yukiguni.jinja.TemplateException;
import org.yukiguni.job.JsonValues;

/**
 * Words the conversation of a row: from messages as JSON and an input, or nulls, to the fields
 * {@link #TYPE} has. A conversation that cannot be worded costs its row only.
 */
final class RenderConversation implements UDF2<String, String, Row> {
  /** The prompt, or the code and message of an error; all null if there are no messages. */
  static final StructType TYPE =
      new StructType()
          .add(PromptColumn.PROMPT.columnName(), PromptColumn.PROMPT.type())
          .add(PromptColumn.ERROR_CODE.columnName(), PromptColumn.ERROR_CODE.type())
          .add(PromptColumn.ERROR_MESSAGE.columnName(), PromptColumn.ERROR_MESSAGE.type());

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Wording wording;
  private transient Template template;

  RenderConversation(Wording wording) {
    this.wording = wording;
  }

  @Override
  public Row call(String messages, String input) {
    if (messages == null) {
      return RowFactory.create(null, null, null);
    }
    try {
      return RowFactory.create(render(read(messages), input), null, null);
    } catch (TemplateException | IllegalArgumentException e) {
      return RowFactory.create(
          null,
          ErrorCode.PROMPT_TEMPLATE.label(),
          "Cannot word the messages because " + e.getMessage());
    }
  }

  /** The text of messages. */
  String render(List<Object> messages, String input) {
    if (template == null) {
      template = Template.parse(wording.source());
    }
    return wording.render(template, messages, input);
  }

  /** Messages from JSON, as {@link #values}. */
  static List<Object> read(String messages) {
    JsonNode list;
    try {
      list = JSON.readTree(messages);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("they are no JSON; give a list of role and content", e);
    }
    return values(list);
  }

  /**
   * Messages as values.
   *
   * @throws IllegalArgumentException if they are no list of objects with a role
   */
  static List<Object> values(JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      throw new IllegalArgumentException(
          "they are %s; give a list of role and content"
              .formatted(list.isArray() ? "an empty list" : "no list"));
    }
    List<Object> values = new ArrayList<>();
    for (JsonNode message : list) {
      if (!message.path("role").isTextual()) {
        throw new IllegalArgumentException(
            "message %d has no role; give each a role and a content".formatted(values.size()));
      }
      values.add(JsonValues.of(message));
    }
    return values;
  }
}
