package org.yukiguni.prompt;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
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
import org.yukiguni.job.EditDistance;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.PromptInput;
import org.yukiguni.job.PromptTemplate;

/** Makes the columns id, prompt and the kept ones of an input's columns. */
final class PromptColumns {
  private static final int SHA_BITS = 256;

  private final Source source;
  private final PromptInput job;
  private final List<String> problems = new ArrayList<>();

  PromptColumns(Source source, PromptInput job) {
    this.source = source;
    this.job = job;
  }

  /**
   * Selects the columns.
   *
   * @throws InvalidJobException with every column that is missing, of the wrong type or in the way
   */
  Dataset<Row> select() {
    List<Column> columns = new ArrayList<>();
    Column prompt = prompt();
    columns.add(id(prompt).as(PromptColumn.ID.columnName()));
    columns.add(prompt.as(PromptColumn.PROMPT.columnName()));
    columns.add(generation().as(PromptColumn.GENERATION.columnName()));
    columns.add(
        lit(job.prompt().addSpecialTokens()).as(PromptColumn.ADD_SPECIAL_TOKENS.columnName()));
    columns.add(none(PromptColumn.ERROR_CODE));
    columns.add(none(PromptColumn.ERROR_MESSAGE));
    for (String name : job.input().keep()) {
      columns.add(kept(name).as(name));
    }
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
    if (!source.mayBeCorrupt()) {
      return source.rows().select(columns.toArray(Column[]::new));
    }
    Column corrupt = source.column(Source.CORRUPT);
    return source
        .rows()
        .filter(corrupt.isNull())
        .select(columns.toArray(Column[]::new))
        .union(corruptRows(corrupt));
  }

  private Dataset<Row> corruptRows(Column corrupt) {
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
    for (String name : job.input().keep()) {
      columns.add(lit(null).cast(type(name)).as(name));
    }
    return source.rows().filter(corrupt.isNotNull()).select(columns.toArray(Column[]::new));
  }

  private static Column none(PromptColumn column) {
    return lit(null).cast(column.type()).as(column.columnName());
  }

  private Column prompt() {
    if (job.prompt().column() != null) {
      return text("prompt.column", job.prompt().column());
    }
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

  private Column id(Column prompt) {
    return job.input().id() == null
        ? coalesce(sha2(prompt, SHA_BITS), lit("null-prompt"))
        : text("input.id", job.input().id());
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
