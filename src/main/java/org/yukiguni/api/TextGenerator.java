package org.yukiguni.api;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.JobReader;
import org.yukiguni.run.LazyRun;
import org.yukiguni.run.RunRequest;
import org.yukiguni.spark.OutputColumn;

/**
 * Generates texts for the rows of a dataset, inside any Spark program:
 *
 * <pre>{@code
 * Dataset<Row> answers =
 *     new TextGenerator()
 *         .setModel("data/models/yukiguni-mini")
 *         .setInputCol("question")
 *         .setOutputCol("answer")
 *         .set("generation.max_new_tokens", 64)
 *         .generate(questions);
 * }</pre>
 *
 * <p>The shape is that of DJL's Spark API: an input column, an output column, a model, options, one
 * call. Every key of a job's groups {@code prompt}, {@code model}, {@code generation}, {@code
 * engine} and {@code run} can be set, and means here what it means in a job; the same planner and
 * the same partition function do the work.
 *
 * <p>Unlike a job it commits nothing: the result is lazy, is computed anew by each action, and a
 * task that fails is run again by Spark as any other. Write it, or cache it. Not safe for use by
 * several threads while options are set.
 */
public final class TextGenerator {
  private static final String INPUT = "__input";

  private final Map<String, Object> options = new LinkedHashMap<>();
  private String idCol;
  private String outputCol = "completion";
  private String detailsCol = "generation";

  /** The model: a folder, a URI that Hadoop reads, or the id of a hub model. */
  public TextGenerator setModel(String model) {
    return set("model.path", model);
  }

  /**
   * The column that holds the prompts, or the user's messages if {@code prompt.template} is set.
   */
  public TextGenerator setInputCol(String column) {
    return set("prompt.column", column);
  }

  /** The column that gets the completion, a text; {@code completion} unless set. */
  public TextGenerator setOutputCol(String column) {
    outputCol = column;
    return this;
  }

  /**
   * The column that gets a struct of all else that is known of the completion: the columns of a
   * job's output, among them {@code status}, {@code error_message}, {@code finish_reason} and the
   * times. {@code generation} unless set.
   */
  public TextGenerator setDetailsCol(String column) {
    detailsCol = column;
    return this;
  }

  /**
   * The column whose values name the rows, part of the key of their random numbers. Unless set, a
   * prompt's hash names its row, and equal prompts get equal completions.
   */
  public TextGenerator setIdCol(String column) {
    idCol = column;
    return this;
  }

  /**
   * Sets a key of a job, such as {@code generation.temperature}.
   *
   * @param value a number, a truth value, a list, a map or a text
   */
  public TextGenerator set(String key, Object value) {
    options.put(key, value);
    return this;
  }

  /**
   * The rows with their completions: the dataset's own columns, the completion (null if there is
   * none) and the details. A row appears {@code num_return_sequences} times. Lazy.
   *
   * @throws InvalidJobException if an option is wrong, a column is missing or in the way, or the
   *     model cannot be used
   */
  public Dataset<Row> generate(Dataset<Row> rows) {
    RunRequest request = Requests.of(JobReader.of(job()), input(rows));
    Dataset<Row> completions = LazyRun.completions(rows.sparkSession(), request);
    List<Column> columns = new ArrayList<>();
    for (String name : rows.columns()) {
      refuseTaken(name);
      columns.add(col(INPUT).getField(name).as(name));
    }
    columns.add(col(OutputColumn.COMPLETION.columnName()).as(outputCol));
    columns.add(
        struct(
                Arrays.stream(completions.columns())
                    .filter(name -> !name.equals(INPUT))
                    .map(name -> col(name))
                    .toArray(Column[]::new))
            .as(detailsCol));
    return completions.select(columns.toArray(Column[]::new));
  }

  private void refuseTaken(String name) {
    if (name.equalsIgnoreCase(outputCol) || name.equalsIgnoreCase(detailsCol)) {
      throw new InvalidJobException(
          "Cannot add column %s because the dataset has one; set another output or details column"
              .formatted(name));
    }
  }

  /** The dataset with all its columns in one more, so that none is in the way of the output's. */
  private static Dataset<Row> input(Dataset<Row> rows) {
    return rows.withColumn(
        INPUT,
        struct(
            Arrays.stream(rows.columns())
                .map(name -> rows.col(quoted(name)))
                .toArray(Column[]::new)));
  }

  /** A name that may hold dots and backticks. */
  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The options as a job whose input and output are datasets. */
  private Map<String, Object> job() {
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("name", "TextGenerator");
    job.put("input.table", "the dataset");
    if (idCol != null) {
      job.put("input.id", idCol);
    }
    job.put("input.keep", List.of(INPUT));
    job.put("output.path", "the dataset");
    job.putAll(options);
    return job;
  }
}
