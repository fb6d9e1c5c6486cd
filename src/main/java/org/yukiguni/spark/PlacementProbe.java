package org.yukiguni.spark;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.Device;
import scala.Tuple3;

/**
 * Tasks that do nothing but ask each executor what it computes with, and whether it could open the
 * model on the devices that the job wants. The driver cannot know: it may be another machine with
 * another libtorch.
 */
public final class PlacementProbe
    implements MapPartitionsFunction<Long, Tuple3<String, String, String>> {
  private static final Encoder<Tuple3<String, String, String>> ANSWER =
      Encoders.tuple(Encoders.STRING(), Encoders.STRING(), Encoders.STRING());

  private final ModelLoader loader;
  private final Device device;

  private PlacementProbe(ModelLoader loader, Device device) {
    this.loader = loader;
    this.device = device;
  }

  /**
   * What the executors said.
   *
   * @param reports a line for each
   * @param warnings that should be seen
   * @param refusal why one of them cannot open the model, as a sentence; empty if nothing speaks
   *     against it
   */
  public record Answer(List<String> reports, List<String> warnings, Optional<String> refusal) {}

  /** Asks as many tasks as run at once, which Spark spreads over all executors that there are. */
  public static Answer ask(SparkSession spark, ModelLoader loader, Device device) {
    spark.sparkContext().setJobDescription("can the model be opened?");
    int slots = spark.sparkContext().defaultParallelism();
    List<Tuple3<String, String, String>> answers =
        spark
            .range(0, slots, 1, slots)
            .mapPartitions(new PlacementProbe(loader, device), ANSWER)
            .collectAsList();
    return new Answer(
        distinct(answers, Tuple3::_1),
        distinct(answers, Tuple3::_2),
        distinct(answers, Tuple3::_3).stream().findFirst());
  }

  private static List<String> distinct(
      List<Tuple3<String, String, String>> answers,
      Function<Tuple3<String, String, String>, String> part) {
    return answers.stream().map(part).filter(text -> !text.isEmpty()).distinct().sorted().toList();
  }

  @Override
  public Iterator<Tuple3<String, String, String>> call(Iterator<Long> nothing) {
    TaskContext task = TaskContext.get();
    String executor = "executor " + SparkEnv.get().executorId() + ": ";
    try {
      List<String> devices = TaskDevice.of(task, device, loader::cudaDevices);
      return answer(
          executor + loader.describe(devices),
          TaskDevice.warning(task, device, devices).map(executor::concat).orElse(""),
          loader.refusal(devices).orElse(""));
    } catch (IllegalStateException e) {
      return answer(executor + "has no device", "", e.getMessage());
    } catch (LinkageError e) {
      return answer(
          executor + "has no libtorch",
          "",
          "Cannot load libtorch because %s; it needs Linux with glibc 2.28 or newer"
              .formatted(e.getMessage()));
    }
  }

  private static Iterator<Tuple3<String, String, String>> answer(
      String report, String warning, String refusal) {
    return List.of(new Tuple3<>(report, warning, refusal)).iterator();
  }
}
