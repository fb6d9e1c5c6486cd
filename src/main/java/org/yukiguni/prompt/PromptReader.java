package org.yukiguni.prompt;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.PromptInput;
import org.yukiguni.tokenizer.PromptConventions;

/** Reads the prompts of a job. */
public final class PromptReader {
  private PromptReader() {}

  /**
   * Reads the prompts: the columns of {@link PromptColumn}, then the kept input columns. All
   * columns and ids are checked, in one pass over the ids; the result itself is lazy and in no
   * particular order.
   *
   * <p>Without an id column a row is named by the SHA-256 of its prompt, a request by its {@code
   * custom_id}. A line that is not JSON or has not the columns of its CSV header stays a row, with
   * an id that starts with {@code corrupt-} and no prompt: one bad line must not stop a night's
   * run, nor vanish.
   *
   * @param model what its folder says about prompts
   * @throws InvalidJobException if the input cannot be read, is empty, lacks a column, or has rows
   *     without id or several with the same
   */
  public static Dataset<Row> read(SparkSession spark, PromptInput job, PromptConventions model) {
    Source source = Source.open(spark, job.input(), setsLength(job));
    Dataset<Row> prompts = new PromptColumns(source, job, model).select();
    IdCheck.run(prompts, source, job.input());
    return prompts;
  }

  /**
   * Makes prompts of rows that are there, whatever the job's input; their ids are not checked.
   *
   * @throws InvalidJobException if a column is missing or of the wrong type
   */
  public static Dataset<Row> of(Dataset<Row> rows, PromptInput job, PromptConventions model) {
    return new PromptColumns(new Source(rows, "input", "the dataset"), job, model).select();
  }

  /** Whether the job itself bounds completions; a training makes none. */
  private static boolean setsLength(PromptInput job) {
    return job instanceof Job generating
        && (generating.generation().maxNewTokens() != null
            || generating.generation().maxLength() != null);
  }
}
