package org.yukiguni.prompt;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InputFormat;
import org.yukiguni.job.InputSpec;
import org.yukiguni.job.InvalidJobException;

/**
 * What the first rows of a dataset tell of its columns.
 *
 * @param rows looked at
 * @param columns of the dataset that hold texts, whole numbers or conversations
 */
public record InputProbe(long rows, List<Shape> columns) {
  private static final int ROWS = 100_000;
  private static final int EXAMPLES = 200;
  private static final Pattern MESSAGES =
      Pattern.compile("\\s*\\[\\s*\\{\\s*\"(role|content)\"\\s*:");

  /** What a column holds. */
  public enum Kind {
    TEXT,
    /** Whole numbers. */
    NUMBER,
    /** Messages with {@code role} and {@code content}, as structs or as JSON text. */
    CONVERSATION
  }

  /**
   * A column.
   *
   * @param name of the column
   * @param kind of its values
   * @param distinct values
   * @param nulls rows without a value
   * @param meanLength of its texts in characters
   * @param examples its first texts; empty if it holds others
   */
  public record Shape(
      String name,
      Kind kind,
      long distinct,
      long nulls,
      double meanLength,
      List<String> examples) {}

  /**
   * Looks.
   *
   * @throws InvalidJobException if there is nothing to be read so
   */
  public static InputProbe of(SparkSession spark, InputFormat format, String path) {
    Source source =
        Source.open(spark, new InputSpec(format, path, null, null, null, null, List.of()), false);
    List<String> names =
        source.columns().stream()
            .filter(name -> isOfUse(source.rows().schema().apply(name).dataType()))
            .toList();
    if (names.isEmpty()) {
      throw new InvalidJobException(
          "Cannot make prompts of %s because it has no column of texts, numbers or conversations; give another dataset"
              .formatted(path));
    }
    Dataset<Row> first =
        source.rows().select(names.stream().map(source::column).toArray(Column[]::new)).limit(ROWS);
    first.persist();
    try {
      return look(first);
    } finally {
      first.unpersist();
    }
  }

  private static InputProbe look(Dataset<Row> rows) {
    List<Column> questions = new ArrayList<>();
    for (String name : rows.columns()) {
      Column column = rows.col("`" + name.replace("`", "``") + "`");
      questions.add(count_distinct(column));
      questions.add(count(column));
      questions.add(avg(length(column.cast(DataTypes.StringType))));
    }
    Row answers = rows.agg(count(lit(1)), questions.toArray(Column[]::new)).head();
    List<Row> examples = rows.takeAsList(EXAMPLES);
    long count = answers.getLong(0);
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < rows.columns().length; i++) {
      boolean isText = rows.schema().fields()[i].dataType().equals(DataTypes.StringType);
      List<String> texts = isText ? texts(examples, i) : List.of();
      shapes.add(
          new Shape(
              rows.columns()[i],
              kind(rows.schema().fields()[i].dataType(), texts),
              answers.getLong(1 + 3 * i),
              count - answers.getLong(2 + 3 * i),
              answers.isNullAt(3 + 3 * i) ? 0 : answers.getDouble(3 + 3 * i),
              texts));
    }
    return new InputProbe(count, shapes);
  }

  private static List<String> texts(List<Row> rows, int column) {
    return rows.stream()
        .filter(row -> !row.isNullAt(column))
        .map(row -> row.getString(column))
        .toList();
  }

  private static Kind kind(DataType type, List<String> texts) {
    if (type.equals(DataTypes.StringType)) {
      boolean isConversation =
          !texts.isEmpty() && texts.stream().allMatch(t -> MESSAGES.matcher(t).lookingAt());
      return isConversation ? Kind.CONVERSATION : Kind.TEXT;
    }
    return isConversation(type) ? Kind.CONVERSATION : Kind.NUMBER;
  }

  private static boolean isOfUse(DataType type) {
    return Arrays.asList(DataTypes.StringType, DataTypes.LongType, DataTypes.IntegerType)
            .contains(type)
        || isConversation(type);
  }

  private static boolean isConversation(DataType type) {
    return type instanceof ArrayType messages
        && messages.elementType() instanceof StructType message
        && Arrays.asList(message.fieldNames()).containsAll(List.of("role", "content"));
  }
}
