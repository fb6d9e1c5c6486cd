package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.PlanColumn;

/** Finds the work that is left of a run. */
final class ChunkPlans {
  private final SparkSession spark;
  private final RunFolder folder;
  private final RunRecord run;
  private final StructType output;

  /** One for all chunks: to make it, Spark lists the folders of all of them. */
  private final Dataset<Row> plan;

  ChunkPlans(SparkSession spark, RunFolder folder, RunRecord run, StructType output) {
    this.spark = spark;
    this.folder = folder;
    this.run = run;
    this.output = output;
    this.plan = Planner.read(spark, folder, run);
  }

  /** The chunks that are not done. */
  List<ChunkWork> missing() {
    return Arrays.stream(folder.missingChunks(run))
        .mapToObj(chunk -> new ChunkWork(chunk, plan(chunk), Optional.empty(), folder.chunk(chunk)))
        .toList();
  }

  /**
   * The done chunks that hold error rows. The prompts of these run again; what has no error stays
   * as it is.
   */
  List<ChunkWork> failed() {
    String id = OutputColumn.ID.columnName();
    List<ChunkWork> work = new ArrayList<>();
    for (int chunk : folder.doneChunks(run)) {
      Dataset<Row> rows = spark.read().schema(output).parquet(folder.chunk(chunk).toString());
      Dataset<Row> failed =
          rows.where(col(OutputColumn.STATUS.columnName()).equalTo("error")).select(id).distinct();
      if (!failed.isEmpty()) {
        work.add(
            new ChunkWork(
                chunk,
                joined(plan(chunk), failed, "left_semi"),
                Optional.of(joined(rows, failed, "left_anti")),
                folder.replacement(chunk)));
      }
    }
    return work;
  }

  /** Both have a column of this name; the order of the first one's columns stays. */
  private static Dataset<Row> joined(Dataset<Row> rows, Dataset<Row> ids, String how) {
    String id = PlanColumn.ID.columnName();
    String[] columns = rows.columns();
    return rows.join(ids, new String[] {id}, how).select(columns[0], tail(columns));
  }

  private static String[] tail(String[] names) {
    return Arrays.stream(names).skip(1).map(Planner::quoted).toArray(String[]::new);
  }

  private Dataset<Row> plan(int chunk) {
    return plan.where(col("chunk").equalTo(chunk)).drop("chunk");
  }
}
