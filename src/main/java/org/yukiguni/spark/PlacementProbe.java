package org.yukiguni.spark;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.Device;

/**
 * A task that does nothing but ask an executor whether it could open the model on the device that
 * the job wants. The driver cannot know: it may be another machine with another libtorch.
 */
public final class PlacementProbe implements MapPartitionsFunction<Long, String> {
  private final ModelLoader loader;
  private final Device device;

  private PlacementProbe(ModelLoader loader, Device device) {
    this.loader = loader;
    this.device = device;
  }

  /** Why an executor cannot open the model, as a sentence; empty if nothing speaks against it. */
  public static Optional<String> refusal(SparkSession spark, ModelLoader loader, Device device) {
    spark.sparkContext().setJobDescription("can the model be opened?");
    return spark
        .range(0, 1, 1, 1)
        .mapPartitions(new PlacementProbe(loader, device), Encoders.STRING())
        .collectAsList()
        .stream()
        .findFirst();
  }

  @Override
  public Iterator<String> call(Iterator<Long> nothing) {
    List<String> places;
    try {
      places = TaskDevice.of(TaskContext.get(), device, loader::cudaDevices);
    } catch (IllegalStateException e) {
      return List.of(e.getMessage()).iterator();
    }
    return loader.refusal(places).stream().iterator();
  }
}
