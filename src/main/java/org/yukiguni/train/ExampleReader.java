package org.yukiguni.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.to_json;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.TrainJob;
import org.yukiguni.model.TrainingRow;
import org.yukiguni.prompt.ChatTurns;
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
  private static final String LEARNT = "learnt";

  private final SparkSession spark;
  private final TrainJob job;
  private final Tokenizer tokenizer;
  private final PromptConventions model;
  private final List<TrainingRow> made = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Sample> samples = new HashMap<>();

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
    ChatTurns turns = job.train().answer() == null ? ChatTurns.of(job.prompt(), model) : null;
    rows()
        .toLocalIterator()
        .forEachRemaining(row -> add(row, row.getBoolean(2) ? with : without, turns));
    refuse();
    // Spark gives rows in no particular order.
    made.sort(Comparator.comparing(TrainingRow::id));
    Examples examples = Examples.split(made, job.train().valSetSize(), job.train().seed());
    return examples.showing(
        Stream.concat(examples.held().stream(), examples.learnt().stream())
            .limit(job.train().samples())
            .map(row -> samples.get(row.id()))
            .toList());
  }

  /** Id, prompt, whether it gets special tokens, its problem, and what is learnt as text. */
  private Dataset<Row> rows() {
    Dataset<Row> prompts = PromptReader.read(spark, job.withAnswers(), model);
    String[] names = prompts.columns();
    // The input may call its column like one of the others.
    names[names.length - 1] = LEARNT;
    Dataset<Row> named = prompts.toDF(names);
    boolean isList = named.schema().apply(LEARNT).dataType() instanceof ArrayType;
    Column learnt = isList ? to_json(col(LEARNT)) : col(LEARNT).cast("string");
    return named.select(
        col(PromptColumn.ID.columnName()),
        col(PromptColumn.PROMPT.columnName()),
        col(PromptColumn.ADD_SPECIAL_TOKENS.columnName()),
        col(PromptColumn.ERROR_MESSAGE.columnName()),
        learnt);
  }

  private void add(Row row, RowMaker maker, ChatTurns turns) {
    String id = row.getString(0);
    String prompt = row.getString(1);
    String learnt = row.getString(4);
    RowMaker.Made result;
    if (!row.isNullAt(3)) {
      result = RowMaker.Made.problem("has no prompt: " + row.getString(3));
    } else if (turns == null || learnt == null) {
      result = maker.make(id, prompt, learnt);
    } else {
      List<String> texts;
      try {
        texts = turns.texts(learnt);
      } catch (IllegalArgumentException e) {
        problems.add("row " + id + " has messages of which nothing is learnt: " + e.getMessage());
        return;
      }
      result = maker.make(id, texts);
      if (!texts.isEmpty()) {
        prompt = texts.get(texts.size() - 2);
        learnt = texts.get(texts.size() - 1).substring(prompt.length());
      }
    }
    if (result.problem() != null) {
      problems.add("row " + id + " " + result.problem());
      return;
    }
    made.add(result.row());
    if (job.train().samples() > 0) {
      samples.put(id, new Sample(id, prompt, row.getBoolean(2), learnt));
    }
  }

  private void refuse() {
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
