package org.yukiguni.api;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.CheckpointException;
import org.yukiguni.hub.FetchListener;
import org.yukiguni.hub.FetchLog;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.hub.ModelResolver;
import org.yukiguni.job.GenerationResolver;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.ResolvedGeneration;
import org.yukiguni.job.RowSettings;
import org.yukiguni.prompt.PromptReader;
import org.yukiguni.run.RunRequest;
import org.yukiguni.spark.HadoopConfiguration;
import org.yukiguni.spark.TorchLoader;
import org.yukiguni.tokenizer.PromptConventions;
import org.yukiguni.tokenizer.Tokenizer;
import org.yukiguni.tokenizer.TokenizerException;

/** Finds what a job names, and wires the rooms together for it. */
public final class Requests {
  private static final System.Logger LOG = System.getLogger(Requests.class.getName());

  private Requests() {}

  /**
   * Resolves a job; needs no Spark, so that what is wrong is told at once.
   *
   * @param listener is told of a model that is fetched
   * @throws InvalidJobException if the model is not there, or does not fit the job
   */
  public static RunRequest of(Job job, FetchListener listener) {
    return of(job, listener, model -> spark -> PromptReader.read(spark, job, model));
  }

  /** The same; a model that is fetched is told in the log. */
  public static RunRequest of(Job job) {
    return of(job, new FetchLog());
  }

  /** The same for rows that are there already; their ids are not checked. */
  static RunRequest of(Job job, Dataset<Row> rows) {
    return of(job, new FetchLog(), model -> spark -> PromptReader.of(rows, job, model));
  }

  /**
   * The most tokens that a job's model takes.
   *
   * @throws InvalidJobException if the model is not there or cannot be used
   */
  public static int contextLength(Job job) {
    try {
      ModelFolder model = models(new FetchLog()).resolve(job.model());
      return Checkpoint.open(model.path()).config().contextLength();
    } catch (CheckpointException e) {
      throw new InvalidJobException("model.path: " + e.getMessage());
    }
  }

  private static ModelResolver models(FetchListener listener) {
    return new ModelResolver(HadoopConfiguration.current(), listener);
  }

  private static RunRequest of(
      Job job,
      FetchListener listener,
      Function<PromptConventions, Function<SparkSession, Dataset<Row>>> prompts) {
    ModelResolver models = models(listener);
    ModelFolder model = models.resolve(job.model());
    Optional<ModelFolder> adapter = models.resolveAdapter(job.model());
    ModelTexts texts = ModelTexts.of(model);
    ResolvedGeneration generation =
        GenerationResolver.resolve(job, model.path(), texts.eosTokenIds());
    generation.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    String effectiveJob = job.toYaml(generation);
    LOG.log(Level.INFO, "the effective job\n{0}", effectiveJob);
    return new RunRequest(
        job,
        effectiveJob,
        RowSettings.of(generation),
        model.revision(),
        adapter.map(folder -> job.model().adapter() + "@" + folder.revision()).orElse(null),
        TorchLoader.of(job, model, adapter),
        prompts.apply(texts.conventions()));
  }

  /** What the run must know of the model's tokenizer before Spark starts. */
  private record ModelTexts(PromptConventions conventions, List<Integer> eosTokenIds) {
    static ModelTexts of(ModelFolder model) {
      try (Tokenizer tokenizer = Tokenizer.open(model.path())) {
        return new ModelTexts(
            PromptConventions.of(model.path(), tokenizer),
            tokenizer.eosTokenId().stream().boxed().toList());
      } catch (TokenizerException e) {
        throw new InvalidJobException("model.path: " + e.getMessage());
      }
    }
  }
}
