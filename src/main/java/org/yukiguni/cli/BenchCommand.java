package org.yukiguni.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.yukiguni.bench.Bench;
import org.yukiguni.bench.ModelShape;
import org.yukiguni.bench.ProcessMemory;
import org.yukiguni.bench.RandomCheckpoint;
import org.yukiguni.bench.Timed;
import org.yukiguni.bench.Workload;
import org.yukiguni.engine.Sampling;
import org.yukiguni.model.Machine;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.Precision;
import org.yukiguni.model.TorchRuntime;
import org.yukiguni.model.WeightFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * How fast the engine is with a model, or with the shape of one; a table on the standard output.
 */
@Command(
    name = "bench",
    description = {
      "Times the engine with a model, or with random weights in the shape of a known one, without"
          + " Spark."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Folder of a model, or a shape: gpt2-110m, gpt2-1b, neox-410m, neox-3.6b, llama-1.1b,"
              + " llama-7b.")
  private String model;

  @Option(
      names = "--weights",
      paramLabel = "FORMAT",
      description = "float32 (all of --dtype) or int8.")
  private WeightFormat weights = WeightFormat.FLOAT32;

  @Option(names = "--device", description = "cpu or cuda:N.")
  private String device = "cpu";

  @Option(
      names = "--dtype",
      description = "float32, float16 or bfloat16; the default is bfloat16 on a GPU, else float32.")
  private Optional<Precision> dtype = Optional.empty();

  @Option(names = "--batch", split = ",", description = "Completions at once.")
  private List<Integer> batches = List.of(1, 8, 32, 64);

  @Option(names = "--prompt", split = ",", description = "Tokens of each prompt.")
  private List<Integer> prompts = List.of(32, 512);

  @Option(names = "--common", description = "Tokens that all prompts begin with.")
  private int common = 0;

  @Option(names = "--new-tokens", description = "Of each completion.")
  private int newTokens = 64;

  @Option(names = "--num-return-sequences", description = "Completions of one prompt.")
  private int perPrompt = 1;

  @Option(names = "--sample", description = "Draw with temperature 0.8 and top_p 0.95.")
  private boolean sample;

  @Option(names = "--top-k", description = "With --sample; 0 turns it off.")
  private int topK = 50;

  @Option(names = "--runs", description = "Timed runs, of which the fastest counts.")
  private int runs = 2;

  @Option(names = "--threads", description = "Of libtorch; the default is all processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--kv-memory", paramLabel = "GIB", description = "For keys and values.")
  private double kvGib = 6;

  @Option(
      names = "--folder",
      description = "Where to write random weights, instead of a temporary" + " folder.")
  private Optional<Path> folder = Optional.empty();

  @Override
  public Integer call() throws IOException {
    ModelOptions options = options();
    Machine machine = Machine.measure(options);
    System.out.printf(
        Locale.ROOT,
        "%s, %s, %s, %d threads; it reads %.1f GB/s and multiplies %.0f Gop/s%n",
        model,
        weights == WeightFormat.INT8 ? "int8" : name(options.precision()),
        device,
        threads,
        machine.bytesPerSecond() / 1e9,
        machine.operationsPerSecond() / 1e9);
    Path checkpoint = checkpoint();
    int most = batches.stream().mapToInt(Integer::intValue).max().orElse(1);
    ProcessMemory.resetPeak();
    long start = System.nanoTime();
    try (Bench bench =
        Bench.open(checkpoint, options, most, (long) (kvGib * (1 << 30)), sampling())) {
      System.out.printf(
          Locale.ROOT,
          "loaded in %.1f s, at most %.2f GB resident%n%n",
          (System.nanoTime() - start) / 1e9,
          ProcessMemory.peakBytes() / 1e9);
      System.out.println(
          "| batch | prompt | prefill tokens/s | decode tokens/s | tokens/s | first token ms |"
              + " of the limit | peak GB |\n|---|---|---|---|---|---|---|---|");
      for (int prompt : prompts) {
        for (int batch : batches) {
          print(
              bench.time(new Workload(batch, prompt, common, newTokens, perPrompt), runs),
              bench,
              machine);
        }
      }
    }
    return 0;
  }

  private ModelOptions options() {
    boolean isOnCpu = device.equals("cpu");
    Precision precision = dtype.orElse(isOnCpu ? Precision.FLOAT32 : Precision.BFLOAT16);
    if (isOnCpu && precision != Precision.FLOAT32) {
      throw new ParameterException(spec.commandLine(), "--dtype must be float32 on the CPU");
    }
    try {
      ModelOptions options = new ModelOptions(device, threads, weights, precision);
      TorchRuntime.trial(device)
          .ifPresent(
              reason -> {
                throw new IllegalArgumentException(reason);
              });
      return options;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  private Path checkpoint() throws IOException {
    Optional<ModelShape> shape = ModelShape.of(model);
    if (shape.isEmpty()) {
      return Path.of(model);
    }
    Path target = folder.isPresent() ? folder.get() : Files.createTempDirectory("yukiguni-bench");
    if (folder.isEmpty()) {
      target.toFile().deleteOnExit();
      for (String file : RandomCheckpoint.FILES) {
        target.resolve(file).toFile().deleteOnExit();
      }
    }
    return RandomCheckpoint.write(shape.get(), target);
  }

  private Sampling sampling() {
    return sample ? new Sampling(true, 0.8, topK, 0.95, 0, 1, 0, 0) : Sampling.GREEDY;
  }

  private static void print(Timed timed, Bench bench, Machine machine) {
    System.out.printf(
        Locale.ROOT,
        "| %d | %d | %.0f | %.1f | %.1f | %.0f | %.0f %% | %.2f |%n",
        timed.workload().batch(),
        timed.workload().promptTokens(),
        timed.prefillRate(),
        timed.decodeRate(),
        timed.totalRate(),
        timed.firstTokenMs(),
        100 * bench.roofline(timed, machine),
        ProcessMemory.peakBytes() / 1e9);
  }
}
