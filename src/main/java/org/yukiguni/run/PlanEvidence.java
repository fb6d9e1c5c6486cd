package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.spark.PlanColumn;

/** A run that has its plan: the requests are read from it. */
record PlanEvidence(SparkSession spark, RunFolder folder, RunRecord run)
    implements Verification.Evidence {
  @Override
  public List<StructField> kept() {
    return FinishedRuns.kept(run);
  }

  @Override
  public Dataset<Row> sample(RunRequest request, int rows, long seed) {
    Object[] done = Arrays.stream(folder.doneChunks(run)).boxed().toArray();
    return Planner.read(spark, folder, run)
        .where(col("chunk").isin(done))
        .where(col(PlanColumn.ERROR_CODE.columnName()).isNull())
        .drop("chunk")
        .orderBy(xxhash64(col(PlanColumn.ID.columnName()), lit(seed)))
        .limit(rows);
  }

  @Override
  public Dataset<Row> output(StructType schema) {
    String[] chunks =
        Arrays.stream(folder.doneChunks(run))
            .mapToObj(chunk -> folder.chunk(chunk).toString())
            .toArray(String[]::new);
    return spark.read().schema(schema).parquet(chunks);
  }
}
