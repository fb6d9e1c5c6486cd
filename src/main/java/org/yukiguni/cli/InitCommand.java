package org.yukiguni.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.hub.ModelResolver;
import org.yukiguni.job.Device;
import org.yukiguni.job.DevicePlan;
import org.yukiguni.job.Dtype;
import org.yukiguni.job.InputFormat;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.job.ModelSpec;
import org.yukiguni.job.Quantization;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.prompt.InputProbe;
import org.yukiguni.report.TerminalText;
import org.yukiguni.run.ExitCode;
import org.yukiguni.spark.HadoopConfiguration;
import org.yukiguni.tokenizer.PromptConventions;
import org.yukiguni.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A first job file for a dataset and a model. */
@Command(
    name = "init",
    description = {
      "Writes a job file for a dataset and a model.",
      "Finds out by itself which column holds the prompts or conversations, which template they"
          + " need, which column names the rows, which are worth keeping, and how many tokens the"
          + " model sees."
    },
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
  private static final Map<String, InputFormat> EXTENSIONS =
      Map.of(
          "jsonl", InputFormat.JSONL,
          "ndjson", InputFormat.JSONL,
          "json", InputFormat.JSON,
          "csv", InputFormat.CSV,
          "txt", InputFormat.TEXT,
          "parquet", InputFormat.PARQUET,
          "orc", InputFormat.ORC);

  @Parameters(paramLabel = "DATASET", description = "File or folder; see input.path.")
  private String dataset;

  @Parameters(paramLabel = "MODEL", description = "Folder or hub id; see model.path.")
  private String model;

  @Option(
      names = "--job",
      paramLabel = "FILE",
      defaultValue = "job.yaml",
      description = "The job file to write; ${DEFAULT-VALUE} if not given.")
  private Path file;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Of the dataset, if the name does not say it: ${COMPLETION-CANDIDATES}.")
  private InputFormat format;

  @Override
  public Integer call() throws IOException {
    refuseExisting();
    ModelFolder folder =
        Fetching.watched(
            "init",
            ProgressMode.AUTO,
            listener ->
                new ModelResolver(HadoopConfiguration.current(), listener)
                    .resolve(
                        new ModelSpec(
                            model,
                            "main",
                            null,
                            "main",
                            Dtype.AUTO,
                            Quantization.NONE,
                            Device.AUTO,
                            DevicePlan.NONE)));
    try (Tokenizer tokenizer = Tokenizer.open(folder.path());
        SparkSession spark = Sessions.open("yukiguni init")) {
      JobDraft draft =
          new JobDraft(
              Path.of(dataset).getFileName().toString().replaceFirst("\\.\\w+$", ""),
              format(),
              dataset,
              model,
              Checkpoint.open(folder.path()).config().contextLength(),
              PromptConventions.of(folder.path(), tokenizer).chatTemplate().isPresent(),
              InputProbe.of(spark, format(), dataset));
      Job checked = JobReader.parse(draft.yaml(), List.of());
      write(draft.yaml());
      tell(draft, checked, tokenizer);
    }
    return ExitCode.OK.code();
  }

  private InputFormat format() {
    if (format != null) {
      return format;
    }
    String extension = dataset.substring(dataset.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    InputFormat named = EXTENSIONS.get(extension);
    if (named == null) {
      throw new InvalidJobException(
          "Cannot tell the format of %s because its name does not end in one of %s; give --format"
              .formatted(
                  dataset, String.join(", ", EXTENSIONS.keySet().stream().sorted().toList())));
    }
    return named;
  }

  private void refuseExisting() {
    if (Files.exists(file)) {
      throw new InvalidJobException(
          "Cannot write %s because it is there already; remove it, or name another file with --job"
              .formatted(file));
    }
  }

  private void write(String yaml) throws IOException {
    try {
      Files.writeString(file, yaml, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      refuseExisting();
    }
  }

  private void tell(JobDraft draft, Job job, Tokenizer tokenizer) {
    int[] lengths =
        draft.prompt().source().examples().stream()
            .mapToInt(text -> tokenizer.encode(text).length)
            .sorted()
            .toArray();
    System.out.printf(
        Locale.ROOT,
        """
        wrote %s
        prompts  column %s%s
        template %s
        ids      %s
        kept     %s
        model    sees %,d tokens; completions have at most %,d of them

        Next: generate %s --dry-run shows the first prompt and counts tokens; without
        --dry-run it runs the job.
        """,
        file,
        TerminalText.oneLine(draft.prompt().source().name()),
        lengths.length == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; the first %,d have %,d tokens in the middle and %,d at most",
                lengths.length,
                lengths[lengths.length / 2],
                lengths[lengths.length - 1]),
        draft.prompt().template().orElse("none, a text is the prompt as it is"),
        TerminalText.oneLine(
            job.input().id() == null ? "hashes of the prompts" : "column " + job.input().id()),
        draft.kept().isEmpty()
            ? "no column"
            : TerminalText.oneLine(String.join(", ", draft.kept())),
        draft.contextLength(),
        draft.maxNewTokens(),
        file);
  }
}
