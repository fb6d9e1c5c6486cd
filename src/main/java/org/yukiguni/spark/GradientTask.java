package org.yukiguni.spark;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.hub.ModelSource;
import org.yukiguni.job.Device;
import org.yukiguni.model.Gradients;
import org.yukiguni.model.TrainingOptions;

/** Computes the gradients of a micro-batch on the model that is resident on the executor. */
public final class GradientTask implements Function<MicroBatch, Gradients> {
  private final ModelSource model;
  private final AdapterLayout layout;
  private final Device device;
  private final TrainingOptions training;
  private final Broadcast<float[]> parameters;

  /**
   * Describes the work of every task of a step.
   *
   * @param layout of what is trained
   * @param training how
   * @param parameters in the layout's order
   */
  public GradientTask(
      ModelSource model,
      AdapterLayout layout,
      Device device,
      TrainingOptions training,
      Broadcast<float[]> parameters) {
    this.training = training;
    this.model = model;
    this.layout = layout;
    this.device = device;
    this.parameters = parameters;
  }

  @Override
  public Gradients call(MicroBatch batch) {
    TaskContext task = TaskContext.get();
    String place = TaskDevice.forTraining(device);
    TrainerLoader loader = new TrainerLoader(model, layout, place, task.cpus(), training);
    try (var trainer = ExecutorEngines.trainer(loader)) {
      return trainer
          .value()
          .gradients(parameters.value(), batch.rows(), batch.scale(), batch.dropoutKeys());
    }
  }
}
