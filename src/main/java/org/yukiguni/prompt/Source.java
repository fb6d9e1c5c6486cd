package org.yukiguni.prompt;

import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InputFormat;
import org.yukiguni.job.InputSpec;
import org.yukiguni.job.InvalidJobException;

/**
 * The rows that a job names.
 *
 * @param rows with a text column {@link #CORRUPT} if some may be unreadable; it holds their text
 * @param key of the job that names them
 * @param name what stands at that key
 */
record Source(Dataset<Row> rows, String key, String name) {
  /** Not Spark's {@code _corrupt_record}, which is common in data that went through Spark. */
  static final String CORRUPT = "_yukiguni_corrupt";

  /** The rows of an input whose job bounds its completions or not, as requests ask. */
  static Source open(SparkSession spark, InputSpec input, boolean maxTokensSet) {
    if (input.path() != null) {
      Source files = open("input.path", input.path(), () -> files(spark, input, maxTokensSet));
      files.requireReadable(input.format());
      return files;
    }
    return input.table() != null
        ? open("input.table", input.table(), () -> spark.table(input.table()))
        : open("input.sql", input.sql(), () -> spark.sql(input.sql()));
  }

  /** A wrong format shows itself by an inferred schema without any column. */
  private void requireReadable(InputFormat format) {
    if (columns().isEmpty()) {
      throw new InvalidJobException(
          key
              + ": Cannot read "
              + name
              + " as "
              + format.name().toLowerCase(Locale.ROOT)
              + (mayBeCorrupt()
                  ? " because none of its rows can be read so; correct input.format or the input"
                  : " because it is empty; give an input with at least one row"));
    }
  }

  /** Names of the input's own columns. */
  List<String> columns() {
    return Arrays.stream(rows.columns()).filter(name -> !name.equals(CORRUPT)).toList();
  }

  boolean mayBeCorrupt() {
    return Arrays.asList(rows.columns()).contains(CORRUPT);
  }

  /** A column by its exact name, which may hold dots and backticks. */
  Column column(String name) {
    return rows.col(quoted(name));
  }

  /** A name as Spark takes it for a name and nothing else. */
  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** Opens rows; may fail as Spark does, which declares no checked exception for Java. */
  private interface Opening {
    Dataset<Row> rows() throws AnalysisException;
  }

  private static Source open(String key, String name, Opening opening) {
    try {
      return new Source(opening.rows(), key, name);
    } catch (AnalysisException e) {
      String reason =
          "PATH_NOT_FOUND".equals(e.getCondition())
              ? "there is no such file or folder; give one that exists"
              : e.getMessage().lines().findFirst().orElse("") + "; correct it";
      throw new InvalidJobException(key + ": Cannot read " + name + " because " + reason);
    }
  }

  private static Dataset<Row> files(SparkSession spark, InputSpec input, boolean maxTokensSet)
      throws AnalysisException {
    DataFrameReader reader =
        spark.read().option("mode", "PERMISSIVE").option("columnNameOfCorruptRecord", CORRUPT);
    String path = input.path();
    return switch (input.format()) {
      case JSONL -> reader.json(path);
      case JSON -> reader.option("multiLine", true).json(path);
      case CSV -> csv(reader, path);
      case TEXT -> reader.text(path);
      case PARQUET -> reader.parquet(path);
      case ORC -> reader.orc(path);
      case OPENAI_BATCH -> requests(reader.text(path), maxTokensSet);
    };
  }

  private static Dataset<Row> requests(Dataset<Row> lines, boolean maxTokensSet) {
    Column line = lines.col("value");
    Column request = udf(new ReadRequest(maxTokensSet), ReadRequest.TYPE).apply(line);
    return lines.filter(trim(line).notEqual("")).select(request.as("request")).select("request.*");
  }

  private static Dataset<Row> csv(DataFrameReader reader, String path) {
    // RFC 4180: fields may hold line breaks, and a quote in a field is doubled.
    reader.option("header", true).option("multiLine", true).option("escape", "\"");
    // Spark's own mark of null is the empty text, which would make a quoted empty text null too.
    reader.option("nullValue", "\0");
    StructType header = reader.csv(path).schema();
    // Spark notes rows of the wrong width only if the schema has a place for them, and compares
    // the headers of further files with the first one only if told to.
    return reader
        .option("enforceSchema", false)
        .schema(header.add(CORRUPT, DataTypes.StringType))
        .csv(path);
  }
}
