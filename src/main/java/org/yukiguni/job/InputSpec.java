package org.yukiguni.job;

import java.io.Serializable;
import java.util.List;

/**
 * Where the rows come from: one of a path, a table or a query.
 *
 * @param format of the files at {@code path}; null without a path
 * @param path file, folder or glob that Spark can read; null if not used
 * @param table name in Spark's catalogue; null if not used
 * @param sql query; null if not used
 * @param id column that names each row; null to name a row by the hash of its prompt
 * @param generation column with generation settings of single rows: a struct, a map or a text in
 *     JSON whose keys are those of the job's group {@code generation}; null if rows have none
 * @param keep input columns that are copied to the output
 */
@OneOf({"path", "table", "sql"})
public record InputSpec(
    @Key(with = "path") InputFormat format,
    String path,
    String table,
    String sql,
    String id,
    String generation,
    @Key(otherwise = "[]") List<String> keep)
    implements Serializable {
  public InputSpec {
    keep = List.copyOf(keep);
  }

  /** Whether the rows are requests for OpenAI's Batch API. */
  public boolean isBatch() {
    return format == InputFormat.OPENAI_BATCH;
  }

  /** Notes what is wrong with the keys as they stand together. */
  void check(Problems problems) {
    if (isBatch() && (id != null || generation != null || !keep.isEmpty())) {
      problems.add(
          "input",
          "id, generation and keep have no effect with openai-batch, whose requests have a"
              + " custom_id and settings of their own; remove them");
    }
  }
}
