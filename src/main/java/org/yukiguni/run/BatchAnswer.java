package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Timestamp;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.job.RowSettings;
import org.yukiguni.spark.OutputColumn;

/**
 * One request's line in OpenAI's output file, or in its file of errors. A request of which one
 * completion failed has failed.
 */
final class BatchAnswer implements MapFunction<Row, Row> {
  static final String URL = "url";
  static final String SETTINGS = "settings";
  static final String COMPLETIONS = "completions";

  /** Whether the request failed, and its line. */
  static final StructType TYPE =
      new StructType()
          .add("failed", DataTypes.BooleanType, false)
          .add("line", DataTypes.StringType, false);

  /** What is needed of each completion; the first orders them. */
  static final OutputColumn[] COMPLETION = {
    OutputColumn.SEQUENCE_INDEX,
    OutputColumn.COMPLETION,
    OutputColumn.FINISH_REASON,
    OutputColumn.STOP_REASON,
    OutputColumn.PROMPT_TOKENS,
    OutputColumn.COMPLETION_TOKENS,
    OutputColumn.ERROR_CODE,
    OutputColumn.ERROR_MESSAGE,
    OutputColumn.MODEL,
    OutputColumn.FINISHED_AT
  };

  private static final String CHAT_URL = "/v1/chat/completions";

  /** Errors that are not the request's. */
  private static final Set<String> SERVER_ERRORS =
      Set.of(
          ErrorCode.ENGINE.label(),
          ErrorCode.NAN_LOGITS.label(),
          ErrorCode.OUT_OF_MEMORY.label(),
          ErrorCode.KV_MEMORY.label());

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String runId;
  private final RowSettings settings;

  BatchAnswer(String runId, RowSettings settings) {
    this.runId = runId;
    this.settings = settings;
  }

  @Override
  public Row call(Row request) {
    String id = request.getAs(OutputColumn.ID.columnName());
    List<Row> completions = request.getList(request.fieldIndex(COMPLETIONS));
    Row failed =
        completions.stream()
            .filter(row -> text(row, OutputColumn.ERROR_CODE) != null)
            .findFirst()
            .orElse(null);
    String key = UUID.nameUUIDFromBytes((runId + "/" + id).getBytes(UTF_8)).toString();
    ObjectNode line = NODES.objectNode().put("id", "batch_req_" + key);
    line.put("custom_id", request.getAs(URL) == null ? null : id);
    ObjectNode response = line.putObject("response");
    response.put("status_code", failed == null ? 200 : isServers(failed) ? 500 : 400);
    response.put("request_id", "req_" + key);
    response.set("body", failed == null ? body(request, completions, key) : error(failed));
    line.putNull("error");
    return RowFactory.create(failed != null, line.toString());
  }

  private static boolean isServers(Row failed) {
    return SERVER_ERRORS.contains(text(failed, OutputColumn.ERROR_CODE));
  }

  private static ObjectNode error(Row failed) {
    ObjectNode body = NODES.objectNode();
    body.putObject("error")
        .put("message", text(failed, OutputColumn.ERROR_MESSAGE))
        .put("type", isServers(failed) ? "server_error" : "invalid_request_error")
        .putNull("param")
        .put("code", text(failed, OutputColumn.ERROR_CODE));
    return body;
  }

  private ObjectNode body(Row request, List<Row> completions, String key) {
    boolean isChat = CHAT_URL.equals(request.getAs(URL));
    List<String> stops = settings.config(request.getAs(SETTINGS)).stopStrings();
    Row any = completions.get(0);
    ObjectNode body = NODES.objectNode().put("id", (isChat ? "chatcmpl-" : "cmpl-") + key);
    body.put("object", isChat ? "chat.completion" : "text_completion");
    body.put("created", any.<Timestamp>getAs(name(OutputColumn.FINISHED_AT)).getTime() / 1000);
    body.put("model", text(any, OutputColumn.MODEL));
    var choices = body.putArray("choices");
    long generated = 0;
    for (Row completion : completions) {
      ObjectNode choice = choices.addObject();
      choice.put("index", completion.<Integer>getAs(name(OutputColumn.SEQUENCE_INDEX)));
      String text = withoutStop(completion, stops);
      if (isChat) {
        choice
            .putObject("message")
            .put("role", "assistant")
            .put("content", text)
            .putNull("refusal");
      } else {
        choice.put("text", text);
      }
      choice.putNull("logprobs");
      choice.put("finish_reason", text(completion, OutputColumn.FINISH_REASON));
      generated += completion.<Integer>getAs(name(OutputColumn.COMPLETION_TOKENS));
    }
    int prompt = any.<Integer>getAs(name(OutputColumn.PROMPT_TOKENS));
    body.putObject("usage")
        .put("prompt_tokens", prompt)
        .put("completion_tokens", generated)
        .put("total_tokens", prompt + generated);
    return body;
  }

  /** The text as OpenAI cuts it: without the stop string and what its last token brought behind. */
  private static String withoutStop(Row completion, List<String> stops) {
    String text = text(completion, OutputColumn.COMPLETION);
    String stop = text(completion, OutputColumn.STOP_REASON);
    int at = stop == null || !stops.contains(stop) ? -1 : text.indexOf(stop);
    return at < 0 ? text : text.substring(0, at);
  }

  private static String text(Row row, OutputColumn column) {
    return row.getAs(name(column));
  }

  private static String name(OutputColumn column) {
    return column.columnName();
  }
}
