package org.yukiguni.prompt;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.PromptInput;

/** Reads the prompts of a job. */
public final class PromptReader {
  private PromptReader() {}

  /**
   * Reads the prompts: the columns of {@link PromptColumn}, then the kept input columns. All
   * columns and ids are checked, in one pass over the ids; the result itself is lazy and in no
   * particular order.
   *
   * <p>Without an id column a row is named by the SHA-256 of its prompt. A line that is not JSON or
   * has not the columns of its CSV header stays a row, with an id that starts with {@code corrupt-}
   * and no prompt: one bad line must not stop a night's run, nor vanish.
   *
   * @throws InvalidJobException if the input cannot be read, is empty, lacks a column, or has rows
   *     without id or several with the same
   */
  public static Dataset<Row> read(SparkSession spark, PromptInput job) {
    Source source = Source.open(spark, job.input());
    Dataset<Row> prompts = new PromptColumns(source, job).select();
    IdCheck.run(prompts, source, job.input());
    return prompts;
  }
}
