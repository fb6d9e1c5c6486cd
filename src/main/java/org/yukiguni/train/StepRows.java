package org.yukiguni.train;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.report.TrainingLog;

/** The training's log as rows. */
final class StepRows {
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

  private StepRows() {}

  static List<Row> of(List<TrainingLog.Step> steps) {
    return steps.stream()
        .map(
            s ->
                RowFactory.create(
                    s.step(),
                    s.epoch(),
                    s.learningRate(),
                    s.loss(),
                    s.gradientNorm(),
                    s.tokens(),
                    s.seconds(),
                    s.tokensPerSecond(),
                    s.evalLoss()))
        .toList();
  }
}
