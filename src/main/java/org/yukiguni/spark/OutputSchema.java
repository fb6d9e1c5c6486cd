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
import org.yukiguni.job.InvalidJobException;

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
   * @throws InvalidJobException if a kept column bears the name of an output column
   */
  public static OutputSchema of(List<StructField> kept) {
    check(kept);
    return new OutputSchema(kept, List.of());
  }

  /** The output with the completions' token ids; otherwise as {@link #of}. */
  public static OutputSchema withTokenIds(List<StructField> kept) {
    check(kept);
    return new OutputSchema(kept, List.of(OutputColumn.TOKEN_IDS));
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

  /**
   * Checks that kept columns can stand beside the output's. Spark compares column names without
   * regard to case, and so does this.
   *
   * @throws InvalidJobException if not
   */
  public static void check(List<StructField> kept) {
    Map<String, String> taken = new HashMap<>();
    for (OutputColumn column : OutputColumn.values()) {
      taken.put(column.columnName(), "that of an output column");
    }
    for (StructField field : kept) {
      String holder = taken.putIfAbsent(field.name().toLowerCase(Locale.ROOT), "there twice");
      if (holder != null) {
        throw new InvalidJobException(
            "input.keep: Cannot keep column %s because its name is %s; rename it in the input or leave it out"
                .formatted(field.name(), holder));
      }
    }
  }
}
