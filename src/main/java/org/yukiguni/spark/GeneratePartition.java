package org.yukiguni.spark;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.yukiguni.job.Device;
import org.yukiguni.job.RowSettings;

/**
 * Turns rows of the plan into output rows: {@code num_return_sequences} of them for each, always,
 * in the order in which they finish. A row that fails becomes rows that say why.
 */
public final class GeneratePartition implements MapPartitionsFunction<Row, Row> {
  private final ModelLoader loader;
  private final Device device;
  private final RowSettings settings;
  private final RowLimits limits;
  private final OutputSchema schema;
  private final RunConstants constants;
  private final Counters counters;

  /**
   * Describes the work of every task of a run.
   *
   * @param loader opens the model where no task of the executor has yet
   * @param device what the job wants
   * @param settings what to generate for each row
   * @param limits what makes a completion an error before its end
   * @param schema of the output
   * @param constants of the run
   * @param counters to count in
   */
  public GeneratePartition(
      ModelLoader loader,
      Device device,
      RowSettings settings,
      RowLimits limits,
      OutputSchema schema,
      RunConstants constants,
      Counters counters) {
    this.loader = loader;
    this.device = device;
    this.settings = settings;
    this.limits = limits;
    this.schema = schema;
    this.constants = constants;
    this.counters = counters;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> plan) {
    // An empty partition must not be the reason that a model is loaded.
    return plan.hasNext() ? generate(plan, TaskContext.get()) : plan;
  }

  private Iterator<Row> generate(Iterator<Row> plan, TaskContext task) {
    SparkEnv env = SparkEnv.get();
    List<String> devices = TaskDevice.of(task, device, loader::cudaDevices);
    var codec = ExecutorEngines.codec(loader);
    atEnd(task, codec::close);
    var engine = ExecutorEngines.engine(loader, devices, ExecutorThreads.of(env.conf()));
    atEnd(task, engine::close);
    RowWindow window =
        new RowWindow(
            engine.value().engine(),
            codec.value(),
            settings,
            limits,
            new OutputRows(schema, constants, env.executorId(), engine.value().device()),
            counters);
    atEnd(task, window::abandon);
    return new CompletionIterator(
        plan,
        window,
        windowSequences(engine.value().limits().maxSequences()),
        task::killTaskIfInterrupted,
        engine.value()::checkSource);
  }

  /** The same run's work for a row that must not run: rows that say why. */
  public FailPartition failing(String message) {
    return new FailPartition(schema, constants, settings, message);
  }

  /** Runs last-registered first, and also when the task fails or is killed. */
  static void atEnd(TaskContext task, Runnable action) {
    task.addTaskCompletionListener((TaskCompletionListener) ended -> action.run());
  }

  /**
   * Sequences of one task that the engine holds at once: two full batches, so that the engine never
   * waits for a task, not even for the last one of a chunk, and few enough to forget the size of
   * the partition.
   */
  static int windowSequences(int maxSequences) {
    return 2 * maxSequences;
  }
}
