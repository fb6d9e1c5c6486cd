package org.yukiguni.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.TrainJob;
import org.yukiguni.model.TrainingRow;
import org.yukiguni.prompt.PromptColumn;
import org.yukiguni.prompt.PromptReader;
import org.yukiguni.tokenizer.PromptConventions;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * Reads a job's rows and makes tokens of them, all on the driver: what is learnt in days of
 * computing is tokenised in seconds, and takes four bytes a token.
 */
final class ExampleReader {
  private static final int NAMED = 5;

  private final SparkSession spark;
  private final TrainJob job;
  private final Tokenizer tokenizer;
  private final PromptConventions model;

  ExampleReader(SparkSession spark, TrainJob job, Tokenizer tokenizer, PromptConventions model) {
    this.spark = spark;
    this.job = job;
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /**
   * Reads all rows.
   *
   * @throws InvalidJobException if the input is wrong, or a row cannot be learnt from
   */
  Examples read() {
    int eos =
        tokenizer
            .eosTokenId()
            .orElseThrow(
                () ->
                    new InvalidJobException(
                        "model.path: Cannot train "
                            + job.model().path()
                            + " because its tokenizer has no end-of-sequence token"));
    RowMaker with = new RowMaker(tokenizer::encodeWithSpecialTokens, eos, job.train());
    RowMaker without = new RowMaker(tokenizer::encode, eos, job.train());
    Dataset<Row> rows =
        PromptReader.read(spark, job.withAnswers(), model)
            .select(
                PromptColumn.ID.columnName(),
                PromptColumn.PROMPT.columnName(),
                PromptColumn.ADD_SPECIAL_TOKENS.columnName(),
                PromptColumn.ERROR_MESSAGE.columnName(),
                job.train().answer());
    List<TrainingRow> made = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    rows.toLocalIterator()
        .forEachRemaining(
            row -> {
              Object answer = row.get(4);
              RowMaker.Made result =
                  row.isNullAt(3)
                      ? (row.getBoolean(2) ? with : without)
                          .make(
                              row.getString(0),
                              row.getString(1),
                              answer == null ? null : answer.toString())
                      : RowMaker.Made.problem("has no prompt: " + row.getString(3));
              if (result.problem() == null) {
                made.add(result.row());
              } else {
                problems.add("row " + row.getString(0) + " " + result.problem());
              }
            });
    refuse(problems);
    // Spark gives rows in no particular order.
    made.sort(Comparator.comparing(TrainingRow::id));
    return Examples.split(made, job.train().valSetSize(), job.train().seed());
  }

  private void refuse(List<String> problems) {
    if (problems.isEmpty()) {
      return;
    }
    problems.sort(Comparator.naturalOrder());
    throw new InvalidJobException(
        "Cannot train on %d rows of the input with train.max_length %d: %s%s; correct or remove them, or raise train.max_length"
            .formatted(
                problems.size(),
                job.train().maxLength(),
                String.join(", ", problems.subList(0, Math.min(NAMED, problems.size()))),
                problems.size() > NAMED ? ", …" : ""));
  }
}
