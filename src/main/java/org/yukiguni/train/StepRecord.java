package org.yukiguni.train;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A line of the training's log.
 *
 * @param step counted from 1
 * @param epoch how often all rows have been learnt, a fraction
 * @param learningRate of the step
 * @param loss mean over the step's targets, before the step
 * @param gradientNorm before it is scaled down
 * @param tokens of the step's rows
 * @param seconds that the step took
 * @param evalLoss mean over the targets of the rows held back, after the step; null if not measured
 */
record StepRecord(
    int step,
    double epoch,
    double learningRate,
    double loss,
    double gradientNorm,
    long tokens,
    double seconds,
    Double evalLoss) {
  static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            DataTypes.createStructField("step", DataTypes.IntegerType, false),
            DataTypes.createStructField("epoch", DataTypes.DoubleType, false),
            DataTypes.createStructField("learning_rate", DataTypes.DoubleType, false),
            DataTypes.createStructField("loss", DataTypes.DoubleType, false),
            DataTypes.createStructField("gradient_norm", DataTypes.DoubleType, false),
            DataTypes.createStructField("tokens", DataTypes.LongType, false),
            DataTypes.createStructField("seconds", DataTypes.DoubleType, false),
            DataTypes.createStructField("tokens_per_second", DataTypes.DoubleType, false),
            DataTypes.createStructField("eval_loss", DataTypes.DoubleType, true)
          });

  static List<Row> rows(List<StepRecord> records) {
    return records.stream()
        .map(
            r ->
                RowFactory.create(
                    r.step,
                    r.epoch,
                    r.learningRate,
                    r.loss,
                    r.gradientNorm,
                    r.tokens,
                    r.seconds,
                    r.tokens / r.seconds,
                    r.evalLoss))
        .toList();
  }
}
