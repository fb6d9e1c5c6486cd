package org.yukiguni.run;

import java.util.Arrays;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.spark.OutputColumn;

/**
 * The output folder as a table of Spark's catalogue: no second copy, but a name, a schema whose
 * columns say what they hold, and the runs and chunks as partitions.
 */
final class CatalogTable {
  private final SparkSession spark;
  private final String name;

  /**
   * Names a table.
   *
   * @param name such as {@code completions} or {@code nightly.completions}; the database is there
   */
  CatalogTable(SparkSession spark, String name) {
    this.spark = spark;
    this.name = name;
  }

  /**
   * Lets the table show an output folder. One that shows another folder is left alone; the columns
   * of one that shows this folder are brought up to date.
   *
   * @param schema of the files
   * @throws InvalidJobException if there is another table of that name
   */
  void show(String outputPath, StructType schema) {
    if (spark.catalog().tableExists(name)) {
      refuseOther(outputPath);
      spark.sql("DROP TABLE " + quoted());
    }
    String run = OutputColumn.RUN_ID.columnName();
    String chunk = OutputColumn.CHUNK.columnName();
    StructType all =
        explained(schema).add(OutputColumn.RUN_ID.field()).add(OutputColumn.CHUNK.field());
    spark.sql(
        "CREATE TABLE %s (%s) USING parquet PARTITIONED BY (%s, %s) LOCATION '%s'"
            .formatted(
                quoted(),
                all.toDDL(),
                run,
                chunk,
                outputPath.replace("\\", "\\\\").replace("'", "\\'")));
    spark.sql("MSCK REPAIR TABLE " + quoted());
  }

  /** Kept columns say where they come from, if they say nothing themselves. */
  private static StructType explained(StructType schema) {
    return new StructType(
        Arrays.stream(schema.fields())
            .map(
                field ->
                    field.getComment().isEmpty()
                        ? field.withComment("Column of the input, as it was.")
                        : field)
            .toArray(StructField[]::new));
  }

  private void refuseOther(String outputPath) {
    String location =
        spark
            .sql("DESCRIBE TABLE EXTENDED " + quoted())
            .where("col_name = 'Location'")
            .select("data_type")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .findFirst()
            .orElse("nowhere");
    if (!location.equals(outputPath)) {
      throw new InvalidJobException(
          "Cannot use output.table %s because it is a table that shows %s and not %s; choose another name"
              .formatted(name, location, outputPath));
    }
  }

  private String quoted() {
    return "`" + name.replace("`", "``").replace(".", "`.`") + "`";
  }
}
