package org.yukiguni.prompt;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.VariantType;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.job.EditDistance;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.NamedTemplate;
import org.yukiguni.job.PromptInput;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.job.PromptTemplate;
import org.yukiguni.tokenizer.PromptConventions;

/** Makes the columns id, prompt and the kept ones of an input's columns. */
final class PromptColumns {
  private static final int SHA_BITS = 256;

  private static final String ID = "__id";
  private static final String WORDED = "__worded";
  private static final String SOURCE = "__source";

  private final Source source;
  private final PromptInput job;
  private final PromptConventions model;
  private final Optional<Wording> wording;
  private final List<String> problems = new ArrayList<>();

  PromptColumns(Source source, PromptInput job, PromptConventions model) {
    this.source = source;
    this.job = job;
    this.model = model;
    boolean isWorded = job.input().isBatch() || job.prompt().isConversation();
    this.wording = isWorded ? Wording.of(job.prompt(), model) : Optional.empty();
  }

  /**
   * Selects the columns of {@link PromptColumn} and the kept ones.
   *
   * @throws InvalidJobException with every column that is missing, of the wrong type or in the way
   */
  Dataset<Row> select() {
    List<Column> columns = new ArrayList<>(job.input().isBatch() ? request() : row());
    columns.add(id().as(ID));
    List<String> kept = job.input().isBatch() ? List.of(ReadRequest.URL) : job.input().keep();
    for (String name : kept) {
      columns.add(kept(name).as(name));
    }
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
    Dataset<Row> rows = source.rows();
    Column corrupt = null;
    if (source.mayBeCorrupt()) {
      corrupt = source.column(Source.CORRUPT);
      rows = rows.filter(corrupt.isNull());
    }
    Dataset<Row> prompts =
        rows.select(columns.toArray(Column[]::new)).select(worded(kept).toArray(Column[]::new));
    return corrupt == null ? prompts : prompts.union(corruptRows(corrupt, kept));
  }

  /** The second step, which spares rows to be worded once for each column of the result. */
  private List<Column> worded(List<String> kept) {
    Column worded = col(WORDED);
    Column prompt = worded.getField(PromptColumn.PROMPT.columnName());
    Column id =
        job.input().isBatch() || job.input().id() != null
            ? col(ID)
            : coalesce(
                sha2(prompt, SHA_BITS),
                concat(lit("failed-"), sha2(col(SOURCE), SHA_BITS)),
                lit("null-prompt"));
    List<Column> columns = new ArrayList<>();
    columns.add(id.as(PromptColumn.ID.columnName()));
    columns.add(prompt.as(PromptColumn.PROMPT.columnName()));
    columns.add(col(PromptColumn.GENERATION.columnName()));
    columns.add(col(PromptColumn.ADD_SPECIAL_TOKENS.columnName()));
    for (PromptColumn error : List.of(PromptColumn.ERROR_CODE, PromptColumn.ERROR_MESSAGE)) {
      columns.add(worded.getField(error.columnName()).as(error.columnName()));
    }
    kept.forEach(name -> columns.add(col(Source.quoted(name))));
    return columns;
  }

  private Dataset<Row> corruptRows(Column corrupt, List<String> kept) {
    // Spark refuses to read the corrupt column alone, so another one takes part in the order; equal
    // lines differ in nothing, hence any order of them gives the same ids.
    Column number =
        row_number()
            .over(
                Window.partitionBy(corrupt)
                    .orderBy(xxhash64(source.column(source.columns().get(0)))));
    List<Column> columns = new ArrayList<>();
    columns.add(
        concat(lit("corrupt-"), sha2(corrupt, SHA_BITS), lit("-"), number.cast("string")).as("id"));
    columns.add(none(PromptColumn.PROMPT));
    columns.add(none(PromptColumn.GENERATION));
    columns.add(lit(false).as(PromptColumn.ADD_SPECIAL_TOKENS.columnName()));
    columns.add(none(PromptColumn.ERROR_CODE));
    columns.add(none(PromptColumn.ERROR_MESSAGE));
    for (String name : kept) {
      columns.add(lit(null).cast(type(name)).as(name));
    }
    return source.rows().filter(corrupt.isNotNull()).select(columns.toArray(Column[]::new));
  }

  private static Column none(PromptColumn column) {
    return lit(null).cast(column.type()).as(column.columnName());
  }

  private Column id() {
    if (job.input().isBatch()) {
      return source.column(ReadRequest.CUSTOM_ID);
    }
    return job.input().id() == null ? lit(null).cast("string") : text("input.id", job.input().id());
  }

  /** The columns of a row of data. */
  private List<Column> row() {
    PromptSpec prompt = job.prompt();
    boolean adds = Wording.addsSpecialTokens(prompt, model);
    Column text;
    Column worded;
    if (!prompt.isConversation()) {
      text = prompt.column() != null ? text("prompt.column", prompt.column()) : filled();
      worded = plain(text);
    } else {
      text = prompt.messages() != null ? messages() : userMessage();
      Column input =
          prompt.input() == null ? lit(null).cast("string") : text("prompt.input", prompt.input());
      worded = conversation(text, input);
    }
    return List.of(
        worded.as(WORDED),
        // What the prompt is made of names the row if it cannot be made.
        text.as(SOURCE),
        generation().as(PromptColumn.GENERATION.columnName()),
        lit(adds).as(PromptColumn.ADD_SPECIAL_TOKENS.columnName()));
  }

  /** The columns of a request. */
  private List<Column> request() {
    Column messages = source.column(ReadRequest.MESSAGES);
    Column error = source.column(ReadRequest.ERROR);
    Column worded =
        when(error.isNotNull(), problem(ErrorCode.REQUEST, error))
            .when(messages.isNull(), plain(source.column(ReadRequest.PROMPT)))
            .otherwise(
                wording.isPresent()
                    ? conversation(messages, lit(null).cast("string"))
                    : problem(
                        ErrorCode.PROMPT_TEMPLATE,
                        lit(
                            "Cannot word the messages because the model has no chat template;"
                                + " name one in prompt.template")));
    PromptSpec text =
        new PromptSpec(
            ReadRequest.PROMPT, null, null, null, null, Map.of(), job.prompt().addSpecialTokens());
    PromptSpec chat =
        new PromptSpec(
            null,
            ReadRequest.MESSAGES,
            job.prompt().template(),
            null,
            null,
            Map.of(),
            job.prompt().addSpecialTokens());
    return List.of(
        worded.as(WORDED),
        messages.as(SOURCE),
        source.column(ReadRequest.SETTINGS).as(PromptColumn.GENERATION.columnName()),
        when(messages.isNull(), lit(Wording.addsSpecialTokens(text, model)))
            .otherwise(lit(Wording.addsSpecialTokens(chat, model)))
            .as(PromptColumn.ADD_SPECIAL_TOKENS.columnName()));
  }

  private static Column plain(Column text) {
    return struct(text, lit(null).cast("string"), lit(null).cast("string"))
        .cast(RenderConversation.TYPE);
  }

  private static Column problem(ErrorCode code, Column message) {
    return struct(lit(null).cast("string"), lit(code.label()), message)
        .cast(RenderConversation.TYPE);
  }

  private Column conversation(Column messages, Column input) {
    if (wording.isEmpty()) {
      problems.add(
          "prompt.template: Cannot word messages because the model has no chat template; name one"
              + " of "
              + String.join(", ", NamedTemplate.NAMES)
              + ", or a file that ends in .jinja");
      return plain(messages);
    }
    return udf(new RenderConversation(wording.orElseThrow()), RenderConversation.TYPE)
        .apply(messages, input);
  }

  /** The column of messages as JSON. */
  private Column messages() {
    String name = job.prompt().messages();
    if (!exists("prompt.messages", name)) {
      return lit(null).cast("string");
    }
    return type(name) instanceof ArrayType
        ? to_json(source.column(name))
        : text("prompt.messages", name);
  }

  /** The text of a column as the one message of a user, in JSON; null if it is null. */
  private Column userMessage() {
    Column content = text("prompt.column", job.prompt().column());
    Column message = struct(lit("user").as("role"), content.as("content"));
    return when(content.isNotNull(), to_json(array(message)));
  }

  private Column filled() {
    // The concatenation is null, and the row has no prompt, as soon as one value is null.
    return concat(
        PromptTemplate.parse(job.prompt().template()).parts().stream()
            .map(
                part ->
                    part instanceof PromptTemplate.Column column
                        ? text("prompt.template", column.name())
                        : lit(((PromptTemplate.Text) part).text()))
            .toArray(Column[]::new));
  }

  /** A row's own generation settings as JSON. */
  private Column generation() {
    String name = job.input().generation();
    if (name == null || !exists("input.generation", name)) {
      return lit(null).cast("string");
    }
    DataType type = type(name);
    return type instanceof StructType || type instanceof MapType
        ? to_json(source.column(name))
        : text("input.generation", name);
  }

  private Column kept(String name) {
    return exists("input.keep", name) ? source.column(name) : lit(null);
  }

  /** A column as text; null literals stand for columns that are a problem. */
  private Column text(String key, String name) {
    if (!exists(key, name)) {
      return lit(null);
    }
    DataType type = type(name);
    if (type instanceof StructType
        || type instanceof ArrayType
        || type instanceof MapType
        || type instanceof BinaryType
        || type instanceof VariantType) {
      problems.add(
          key
              + ": Cannot use column "
              + name
              + " because its type "
              + type.simpleString()
              + " is no text; choose a column of texts or numbers");
    }
    return source.column(name).cast("string");
  }

  private boolean exists(String key, String name) {
    List<String> columns = source.columns();
    if (columns.contains(name)) {
      return isUnique(key, name, columns);
    }
    problems.add(
        key
            + ": Cannot use column "
            + name
            + " because the input has no such column; it has "
            + String.join(", ", EditDistance.nearestFirst(name, columns)));
    return false;
  }

  private boolean isUnique(String key, String name, List<String> columns) {
    boolean unique = columns.stream().filter(name::equalsIgnoreCase).count() == 1;
    if (!unique) {
      problems.add(
          key
              + ": Cannot use column "
              + name
              + " because the input has several of that name; rename all but one");
    }
    return unique;
  }

  private DataType type(String name) {
    StructType schema = source.rows().schema();
    return schema.fields()[schema.fieldIndex(name)].dataType();
  }
}
