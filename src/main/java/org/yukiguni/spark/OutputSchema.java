package org.yukiguni.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of one run's output files: the fixed ones, then the kept input columns, then the
 * token ids if asked.
 */
public final class OutputSchema implements Serializable {
  private static final List<OutputColumn> FIXED =
      Arrays.stream(OutputColumn.values())
          .filter(column -> column.place() == OutputColumn.Place.FILE)
          .toList();

  private final StructType schema;
  private final int numKept;

  private OutputSchema(List<StructField> kept, List<OutputColumn> last) {
    List<StructField> fields = new ArrayList<>();
    for (OutputColumn column : FIXED) {
      fields.add(column.field());
    }
    fields.addAll(kept);
    last.forEach(column -> fields.add(column.field()));
    schema = new StructType(fields.toArray(StructField[]::new));
    numKept = kept.size();
  }

  /**
   * The output without token ids.
   *
   * @param kept input columns to carry over
   * @throws IllegalArgumentException if a kept column bears the name of an output column
   */
  public static OutputSchema of(List<StructField> kept) {
    return new OutputSchema(checked(kept), List.of());
  }

  /** The output with the completions' token ids; otherwise as {@link #of}. */
  public static OutputSchema withTokenIds(List<StructField> kept) {
    return new OutputSchema(checked(kept), List.of(OutputColumn.TOKEN_IDS));
  }

  /** The schema of the files, without the partition columns. */
  public StructType schema() {
    return schema;
  }

  /**
   * A row of the files.
   *
   * @param values of the output columns; those that the files do not hold are left out
   * @param kept the kept columns' values, or null if there are none
   */
  Row row(Map<OutputColumn, Object> values, Row kept) {
    List<Object> row = new ArrayList<>(schema.length());
    FIXED.forEach(column -> row.add(values.get(column)));
    for (int i = 0; i < numKept; i++) {
      row.add(kept.get(i));
    }
    if (row.size() < schema.length()) {
      row.add(values.get(OutputColumn.TOKEN_IDS));
    }
    return RowFactory.create(row.toArray());
  }

  /** Spark compares column names without regard to case, and so does this. */
  private static List<StructField> checked(List<StructField> kept) {
    Map<String, String> taken = new HashMap<>();
    for (OutputColumn column : OutputColumn.values()) {
      taken.put(column.columnName(), "an output column");
    }
    for (StructField field : kept) {
      String holder = taken.putIfAbsent(field.name().toLowerCase(Locale.ROOT), "kept twice");
      if (holder != null) {
        throw new IllegalArgumentException(
            "Cannot keep input column %s because the name is %s; rename it in the input or leave it out of input.keep"
                .formatted(field.name(), holder));
      }
    }
    return kept;
  }
}
