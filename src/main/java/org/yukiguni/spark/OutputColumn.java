package org.yukiguni.spark;

import java.util.Locale;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;

/**
 * The columns of the output, one row per completion, in their order. The kept input columns stand
 * before {@link #TOKEN_IDS}; {@link #RUN_ID} and {@link #CHUNK} are read from the directories.
 */
// Spark's data types are immutable; they lack only the annotation.
@SuppressWarnings("ImmutableEnumChecker")
public enum OutputColumn {
  ID(Place.FILE, Nulls.NEVER, DataTypes.StringType, "The prompt's id."),
  SEQUENCE_INDEX(
      Place.FILE,
      Nulls.NEVER,
      DataTypes.IntegerType,
      "Which of the num_return_sequences completions of the prompt, from 0; the best first if"
          + " num_beams is above 1."),
  PROMPT(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "The prompt as the model saw it, after templates; null if the input's was null."),
  COMPLETION(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "The generated text, without special tokens; null in an error row."),
  STATUS(
      Place.FILE,
      Nulls.NEVER,
      DataTypes.StringType,
      "ok, or error if there is no completion; then error_code and error_message say why."),
  ERROR_CODE(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "prompt_null, prompt_template, request, prompt_empty, prompt_too_long, generation_settings,"
          + " kv_memory, nan_logits, no_completion, tokenizer, out_of_memory, engine, row_time, repetition or"
          + " executor_lost; null in an ok row."),
  ERROR_MESSAGE(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "One sentence on what went wrong; null in an ok row."),
  FINISH_REASON(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "stop (end-of-sequence token or stop string) or length; null in an error row."),
  STOP_REASON(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "The stop string, or the id of the end-of-sequence token, that ended the completion."),
  PROMPT_TOKENS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.IntegerType,
      "Length of the prompt in tokens; null if it was not tokenised."),
  COMPLETION_TOKENS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.IntegerType,
      "Length of the completion in tokens, an end-of-sequence token included; null in an error"
          + " row."),
  CUMULATIVE_LOGPROB(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Sum over the new tokens of their natural log-probability under the model, before penalties,"
          + " temperature and filters."),
  LOGPROBS(
      Place.FILE,
      Nulls.POSSIBLE,
      Logprobs.TYPE,
      "For each new token its natural log-probability and the generation.logprobs most probable"
          + " tokens in its place, before penalties, temperature and filters; null if not asked"
          + " for."),
  SEED(
      Place.FILE,
      Nulls.NEVER,
      DataTypes.LongType,
      "The seed of the row: its own, or the job's generation.seed."),
  MODEL(Place.FILE, Nulls.NEVER, DataTypes.StringType, "The model as the job names it."),
  MODEL_REVISION(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "Tells contents of the model apart: a hash over its folder's files, or the hub's commit."),
  ADAPTER(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.StringType,
      "The LoRA adapter as the job names it, @, and a hash over its folder's files; null without"
          + " one."),
  REQUEST_HASH(
      Place.FILE,
      Nulls.NEVER,
      DataTypes.StringType,
      "SHA-256 over model, revision, adapter, generation settings and prompt, its first 32 hex digits; rows"
          + " equal in it and in id and sequence_index ask for the same tokens."),
  STARTED_AT(
      Place.FILE, Nulls.NEVER, DataTypes.TimestampType, "When the row was given to the engine."),
  FINISHED_AT(
      Place.FILE, Nulls.NEVER, DataTypes.TimestampType, "When the completion was finished."),
  TOKENIZE_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Milliseconds it took to tokenise the prompt, once for all completions of the row."),
  QUEUE_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Milliseconds from started_at to the first step that carried the prompt."),
  PREFILL_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Milliseconds from there until the first token was known."),
  DECODE_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Milliseconds from the first token to the last one."),
  FIRST_TOKEN_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Milliseconds from started_at to the first token."),
  TOTAL_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "Milliseconds from started_at to finished_at."),
  DEVICE_MS(
      Place.FILE,
      Nulls.POSSIBLE,
      DataTypes.DoubleType,
      "The completion's share, in milliseconds, of the steps it was in; the sum over all rows is"
          + " the device's busy time."),
  EXECUTOR_ID(
      Place.FILE, Nulls.NEVER, DataTypes.StringType, "The Spark executor that ran the row."),
  DEVICE(
      Place.FILE,
      Nulls.NEVER,
      DataTypes.StringType,
      "The device that ran it: cpu or cuda:N; several that share the layers are joined by +."),
  TOKEN_IDS(
      Place.FILE_IF_ASKED,
      Nulls.POSSIBLE,
      new ArrayType(DataTypes.IntegerType, false),
      "The completion's token ids, written if output.token_ids is true; null in an error row."),
  RUN_ID(Place.DIRECTORY, Nulls.NEVER, DataTypes.StringType, "The run that wrote the row."),
  CHUNK(Place.DIRECTORY, Nulls.NEVER, DataTypes.IntegerType, "The chunk of the run, from 0.");

  /** Where a column's values are stored. */
  enum Place {
    FILE,
    FILE_IF_ASKED,
    DIRECTORY
  }

  private enum Nulls {
    NEVER,
    POSSIBLE
  }

  private final Place place;
  private final Nulls nulls;
  private final DataType type;
  private final String definition;

  OutputColumn(Place place, Nulls nulls, DataType type, String definition) {
    this.place = place;
    this.nulls = nulls;
    this.type = type;
    this.definition = definition;
  }

  /** The column's name in the files. */
  public String columnName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** One sentence on what the column holds, with its unit. */
  public String definition() {
    return definition;
  }

  Place place() {
    return place;
  }

  /** The column with its definition as comment. */
  public StructField field() {
    return new StructField(columnName(), type, nulls == Nulls.POSSIBLE, Metadata.empty())
        .withComment(definition);
  }

  /** All columns as a table in Markdown, as the README quotes it. */
  public static String markdown() {
    StringBuilder table = new StringBuilder("| column | type | definition |\n|---|---|---|\n");
    for (OutputColumn column : values()) {
      table.append(
          "| `%s` | %s | %s |\n"
              .formatted(column.columnName(), column.type.simpleString(), column.definition));
    }
    return table.toString();
  }
}
