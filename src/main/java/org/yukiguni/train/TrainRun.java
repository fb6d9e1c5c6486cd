package org.yukiguni.train;

import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.checkpoint.AdapterFiles;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.CheckpointException;
import org.yukiguni.checkpoint.LoraConfig;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.LoraSpec;
import org.yukiguni.job.TrainJob;
import org.yukiguni.job.TrainSpec;
import org.yukiguni.model.TrainingOptions;
import org.yukiguni.report.TrainingLog;
import org.yukiguni.report.TrainingScreen;
import org.yukiguni.run.ExitCode;
import org.yukiguni.tokenizer.PromptConventions;
import org.yukiguni.tokenizer.Tokenizer;

/** A training from its rows to its adapter, going on where an earlier run of the same broke off. */
public final class TrainRun {
  private static final System.Logger LOG = System.getLogger(TrainRun.class.getName());

  private final SparkSession spark;
  private final TrainRequest request;
  private final TrainJob job;
  private final PrintStream out;
  private final Supplier<Optional<String>> stop;

  /**
   * Prepares a training.
   *
   * @param out gets the summary
   * @param stop why it is to end early, or empty to go on; asked before each step
   */
  public TrainRun(
      SparkSession spark, TrainRequest request, PrintStream out, Supplier<Optional<String>> stop) {
    this.stop = stop;
    this.spark = spark;
    this.request = request;
    this.job = request.job();
    this.out = out;
  }

  /**
   * Trains what is left to train. A finished training only gets its summary; one that is told to
   * stop keeps a checkpoint, with which the next call goes on.
   *
   * @return {@link ExitCode#OK}, or {@link ExitCode#BROKEN} if it was told to stop
   * @throws InvalidJobException if the job, its input or the output folder is wrong, or a loss is
   *     not a number
   */
  public ExitCode run() {
    AdapterLayout layout = layout();
    Examples examples = examples();
    TrainFolder folder =
        TrainFolder.of(job.output().path(), spark.sparkContext().hadoopConfiguration());
    new TrainIdentity(request, examples).settle(folder);
    List<Integer> saved = folder.checkpoints();
    OptimizerState state =
        saved.isEmpty()
            ? OptimizerState.start(firstParameters(layout))
            : folder.load(saved.get(saved.size() - 1), layout.size());
    folder.forgetLogAfter(state.steps());
    Training training = new Training(job.train(), examples, cluster(layout), state);
    LOG.log(
        Level.INFO,
        "{0}: {1} rows to learn from, {2} held back, {3} parameters in {4} matrices, step {5} of {6}",
        job.name(),
        examples.learnt().size(),
        examples.held().size(),
        layout.size(),
        layout.slots().size(),
        state.steps(),
        training.total());
    Optional<String> stopped = train(training, layout, state, folder);
    if (stopped.isPresent()) {
      LOG.log(
          Level.WARNING,
          "{0} stopped after step {1} of {2} because {3}; the same command goes on with it",
          job.name(),
          state.steps(),
          training.total(),
          stopped.get());
      return ExitCode.BROKEN;
    }
    refuseEmpty(layout, state);
    folder.finish(layout, state, config(layout));
    FinishedSteps.of(spark, job.output().path()).ifPresent(log -> TrainingScreen.print(log, out));
    BeforeAndAfter.print(spark, job, folder, examples.samples(), out);
    return ExitCode.OK;
  }

  /** Trains to the end, or until it is told to stop; returns why it was. */
  private Optional<String> train(
      Training training, AdapterLayout layout, OptimizerState state, TrainFolder folder) {
    List<TrainingLog.Step> records = new ArrayList<>();
    try (TrainProgress progress = new TrainProgress(job.name(), state.steps(), training.total())) {
      while (state.steps() < training.total()) {
        Optional<String> stopped = stop.get();
        if (stopped.isPresent()) {
          if (!records.isEmpty()) {
            save(records, layout, state, folder);
          }
          return stopped;
        }
        TrainingLog.Step record = training.step();
        records.add(record);
        progress.show(record);
        if (training.isDue(job.train().saveSteps())) {
          save(records, layout, state, folder);
          records.clear();
        }
      }
    }
    return Optional.empty();
  }

  private void save(
      List<TrainingLog.Step> records,
      AdapterLayout layout,
      OptimizerState state,
      TrainFolder folder) {
    // The figures first: a checkpoint without its figures would never get them.
    spark
        .createDataFrame(StepRows.of(records), StepRows.SCHEMA)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(folder.log(state.steps()).toString());
    folder.save(layout, state, config(layout), job.train().saveTotalLimit());
  }

  private ClusterGradients cluster(AdapterLayout layout) {
    return new ClusterGradients(
        JavaSparkContext.fromSparkContext(spark.sparkContext()),
        request.model().source(),
        layout,
        job.model().device(),
        new TrainingOptions(
            job.train().gradientCheckpointing()
                ? TrainingOptions.Memory.RECOMPUTE
                : TrainingOptions.Memory.KEEP,
            job.train().bf16()
                ? TrainingOptions.Products.BFLOAT16
                : TrainingOptions.Products.FLOAT32));
  }

  private AdapterLayout layout() {
    LoraSpec lora = job.lora();
    LoraConfig config =
        new LoraConfig(
            lora.r(),
            lora.loraAlpha(),
            lora.loraDropout(),
            lora.useRslora(),
            lora.targetModules(),
            lora.modulesToSave());
    try {
      Checkpoint checkpoint = Checkpoint.open(request.model().path());
      int context = checkpoint.config().contextLength();
      if (job.train().maxLength() > context) {
        throw new InvalidJobException(
            "train.max_length: %d is more than the %d positions of the model; give at most so many"
                .formatted(job.train().maxLength(), context));
      }
      return AdapterLayout.of(checkpoint, config);
    } catch (CheckpointException e) {
      throw new InvalidJobException(e.getMessage());
    }
  }

  private Examples examples() {
    try (Tokenizer tokenizer = Tokenizer.open(request.model().path())) {
      PromptConventions model = PromptConventions.of(request.model().path(), tokenizer);
      return new ExampleReader(spark, job, tokenizer, model).read();
    }
  }

  private float[] firstParameters(AdapterLayout layout) {
    Optional<java.nio.file.Path> adapter = request.adapter().map(folder -> folder.path());
    if (adapter.isPresent()) {
      return AdapterFiles.read(layout, adapter.get());
    }
    float[] parameters = AdapterFiles.untrained(layout, Checkpoint.open(request.model().path()));
    FirstMatrices.draw(layout, job.train().seed(), parameters);
    return parameters;
  }

  private String config(AdapterLayout layout) {
    return AdapterFiles.config(layout, job.model().path(), job.model().revision());
  }

  /** An adapter whose B are all zero changes nothing. */
  private void refuseEmpty(AdapterLayout layout, OptimizerState state) {
    TrainSpec train = job.train();
    for (AdapterLayout.Slot slot : layout.slots()) {
      boolean isStart = slot.kind() == AdapterLayout.Kind.LORA_A;
      for (int i = slot.offset(); !isStart && i < slot.offset() + slot.size(); i++) {
        if (state.parameters()[i] != 0) {
          return;
        }
      }
    }
    throw new InvalidJobException(
        "Cannot save the adapter because it changes nothing after %d steps; give train.max_steps, train.num_train_epochs and train.warmup_steps with which the learning rate %s is used"
            .formatted(state.steps(), train.learningRate()));
  }
}
