package org.yukiguni.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.to_json;

import org.apache.spark.sql.Column;
import org.yukiguni.prompt.PromptColumn;

/** The value of the column {@code request_hash}. */
public final class RequestHash {
  private static final int BITS = 256;
  private static final int DIGITS = 32;

  private RequestHash() {}

  /**
   * The hash over columns of prompts.
   *
   * @param key text that differs whenever model, revision, adapter or generation settings do
   */
  public static Column of(String key) {
    // JSON keeps the parts apart, and a prompt that is null from an empty one.
    return substring(
        sha2(
            to_json(
                struct(
                    lit(key).as("key"),
                    column(PromptColumn.PROMPT),
                    column(PromptColumn.GENERATION),
                    column(PromptColumn.ADD_SPECIAL_TOKENS))),
            BITS),
        1,
        DIGITS);
  }

  private static Column column(PromptColumn column) {
    return col(column.columnName());
  }
}
