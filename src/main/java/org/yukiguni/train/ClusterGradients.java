package org.yukiguni.train;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.hub.ModelSource;
import org.yukiguni.job.Device;
import org.yukiguni.model.Gradients;
import org.yukiguni.model.TrainingOptions;
import org.yukiguni.spark.GradientTask;
import org.yukiguni.spark.MicroBatch;

/**
 * Gradients of micro-batches, computed on the executors: one Spark job, a task for each. They come
 * back one by one and are added here in the order of the micro-batches. A tree would add them in an
 * order that depends on who is ready first, and sums of floats depend on their order; so the result
 * is the same for any number of executors, and a task that is tried again changes nothing.
 */
final class ClusterGradients {
  private final JavaSparkContext spark;
  private final ModelSource model;
  private final AdapterLayout layout;
  private final Device device;
  private final TrainingOptions training;

  ClusterGradients(
      JavaSparkContext spark,
      ModelSource model,
      AdapterLayout layout,
      Device device,
      TrainingOptions training) {
    this.training = training;
    this.spark = spark;
    this.model = model;
    this.layout = layout;
    this.device = device;
  }

  /** The gradients of each micro-batch, in their order. */
  List<Gradients> of(float[] parameters, List<MicroBatch> batches) {
    Broadcast<float[]> broadcast = spark.broadcast(parameters);
    try {
      return spark
          .parallelize(batches, batches.size())
          .map(new GradientTask(model, layout, device, training, broadcast))
          .collect();
    } finally {
      broadcast.destroy();
    }
  }

  /** The sum of gradients, in their order. */
  float[] sum(List<Gradients> all) {
    float[] sum = new float[layout.size()];
    for (Gradients one : all) {
      float[] gradient = one.gradient();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += gradient[i];
      }
    }
    return sum;
  }
}
