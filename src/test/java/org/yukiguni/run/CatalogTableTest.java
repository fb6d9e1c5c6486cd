package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.OutputMode;
import org.yukiguni.spark.LocalSpark;
import org.yukiguni.spark.OutputColumn;

final class CatalogTableTest {
  private static final String TABLE = "night_completions";

  @TempDir Path folder;
  private final SparkSession spark = LocalSpark.session();

  @AfterEach
  void drop() {
    spark.sql("DROP TABLE IF EXISTS " + TABLE);
  }

  private TestRun run(String output) {
    List<Row> rows =
        List.of(
            RowFactory.create("a", "prompt a", null, "c"),
            RowFactory.create("b", "prompt b", null, "c"));
    return new TestRun(folder.resolve(output)).withRows(rows).withTable(TABLE);
  }

  @Test
  void everyRunShowsAndDescribeExplains() {
    run("out").run();
    run("out").withSeed(8).inMode(OutputMode.NEW).run();

    assertThat(spark.table(TABLE).count()).isEqualTo(8);
    assertThat(spark.table(TABLE).select("run_id").distinct().count()).isEqualTo(2);
    assertThat(spark.table(TABLE).schema().fields())
        .allMatch(field -> field.getComment().isDefined());
    List<Row> described = spark.sql("DESCRIBE TABLE " + TABLE).collectAsList();
    for (OutputColumn column : OutputColumn.values()) {
      if (column != OutputColumn.TOKEN_IDS) {
        assertThat(described)
            .as(column.columnName())
            .anyMatch(
                row ->
                    row.getString(0).equals(column.columnName())
                        && column.definition().equals(row.getString(2)));
      }
    }
  }

  @Test
  void aTableThatShowsAnotherFolderIsLeftAlone() {
    run("out").run();
    assertThatThrownBy(() -> run("other").run())
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(TABLE)
        .hasMessageContaining("choose another name");
    assertThat(spark.table(TABLE).count()).isEqualTo(4);
  }
}
