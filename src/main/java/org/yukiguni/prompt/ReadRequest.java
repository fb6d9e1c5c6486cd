package org.yukiguni.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads a line of a file for OpenAI's Batch API. A line that is no JSON object is corrupt; a
 * request that asks for what is not supported has an error. Both cost their row only.
 */
final class ReadRequest implements UDF1<String, Row> {
  static final String CUSTOM_ID = "custom_id";
  static final String URL = "url";
  static final String MESSAGES = "messages";
  static final String PROMPT = "prompt";
  static final String SETTINGS = "settings";
  static final String ERROR = "error";

  /** What a line becomes. */
  static final StructType TYPE =
      new StructType()
          .add(CUSTOM_ID, DataTypes.StringType)
          .add(URL, DataTypes.StringType)
          .add(MESSAGES, DataTypes.StringType)
          .add(PROMPT, DataTypes.StringType)
          .add(SETTINGS, DataTypes.StringType)
          .add(ERROR, DataTypes.StringType)
          .add(Source.CORRUPT, DataTypes.StringType);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final boolean maxTokensSet;

  /**
   * Reads lines.
   *
   * @param maxTokensSet whether the job itself bounds the completions
   */
  ReadRequest(boolean maxTokensSet) {
    this.maxTokensSet = maxTokensSet;
  }

  @Override
  public Row call(String line) {
    JsonNode request = parse(line);
    if (!request.isObject()) {
      return RowFactory.create(null, null, null, null, null, null, line);
    }
    String id = request.path("custom_id").isTextual() ? request.get("custom_id").asText() : null;
    String url = request.path("url").asText(null);
    try {
      BatchRequest read =
          BatchRequest.of(
              request.path("method").asText(null), url, request.path("body"), maxTokensSet);
      return RowFactory.create(
          id,
          url,
          read.messages() == null ? null : read.messages().toString(),
          read.prompt(),
          read.settings().toString(),
          null,
          null);
    } catch (IllegalArgumentException e) {
      String error = "Cannot answer the request because " + e.getMessage();
      return RowFactory.create(id, url, null, null, null, error, null);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return JSON.nullNode();
    }
  }
}
