package org.yukiguni.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.api.Requests;
import org.yukiguni.job.JobReader;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.GenerateRun;
import org.yukiguni.spark.LocalSpark;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * The packaged jar on a real cluster, on which faults fall for real while a job runs. After each,
 * the output is compared with that of a run that nothing disturbed: no row may be lost, doubled or
 * different.
 */
@Timeout(600)
final class ClusterFaultsIT {
  private static final int SECONDS = 300;
  private static final int ROWS = 80;
  private static final int COMPLETIONS = 2;
  private static final Path MODEL = Path.of("data/models/yukiguni-mini").toAbsolutePath();
  private static final String POISON = "国境の長いトンネルを抜けると雪国であった。".repeat(4);

  @TempDir static Path folder;
  private static LocalCluster cluster;
  private static Process worker;
  private static Process otherWorker;
  private static Map<String, List<Integer>> expected;
  private static final List<String> CHECKED = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Path output = folder.resolve("expected");
    ExitCode code =
        new GenerateRun(
                LocalSpark.session(),
                Requests.of(JobReader.parse(yaml(output.toString(), MODEL), List.of())),
                new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
                Optional::empty)
            .run();
    assertThat(code).isEqualTo(ExitCode.OK);
    expected = OutputCheck.tokens(output);
    assertThat(expected).hasSize(COMPLETIONS * ROWS);
    cluster = LocalCluster.in(folder.resolve("spark"));
    cluster.start(0);
    worker = cluster.startWorker("worker");
    otherWorker = cluster.startWorker("other");
  }

  @AfterAll
  static void stop() throws IOException {
    CHECKED.forEach(System.out::println);
    cluster.close();
  }

  private static String yaml(String output, Path model) throws IOException {
    StringBuilder prompts = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      prompts.append(
          "{\"id\": \"p%02d\", \"prompt\": \"%s\"}\n"
              .formatted(i, i == 41 ? POISON : "国境の長いトンネルを抜けると、" + i));
    }
    Path input = Files.writeString(folder.resolve("prompts.jsonl"), prompts);
    return """
        name: faults
        input: { format: jsonl, path: %s, id: id }
        prompt: { column: prompt }
        model: { path: %s }
        generation: { max_new_tokens: 60, min_new_tokens: 60, do_sample: true, num_return_sequences: %d, seed: 5 }
        output: { path: "%s", token_ids: true }
        run: { chunk_rows: 10, max_error_ratio: 0.1 }
        """
        .formatted(input, model, COMPLETIONS, output);
  }

  private static Process begin(String name, Path output, String... conf) throws IOException {
    return begin(name, output.toString(), MODEL, conf);
  }

  private static Process begin(String name, String output, Path model, String... conf)
      throws IOException {
    Path job = Files.writeString(folder.resolve(name + ".yaml"), yaml(output, model));
    List<String> arguments = new ArrayList<>(List.of("--master", cluster.master()));
    arguments.addAll(Arrays.asList(conf));
    arguments.addAll(
        List.of(
            "--class",
            System.getProperty("yukiguni.main"),
            System.getProperty("yukiguni.jar"),
            "generate",
            job.toString()));
    return cluster.begin(name, arguments.toArray(new String[0]));
  }

  /** Waits until at least one chunk is done and another one is not. */
  private static void awaitFirstChunk(String name, Process driver, Path output)
      throws InterruptedException {
    await(name, driver, () -> numDone(output) > 0);
    assertThat(driver.isAlive()).as(cluster.output(name)).isTrue();
  }

  private static void await(
      String name, Process driver, java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean() && driver.isAlive() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(condition.getAsBoolean()).as(cluster.output(name)).isTrue();
  }

  private static long numDone(Path output) {
    if (!Files.exists(output)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(path -> path.endsWith("_SUCCESS") && path.toString().contains("/chunk="))
          .filter(path -> !path.toString().contains("_yukiguni"))
          .count();
    } catch (IOException | java.io.UncheckedIOException e) {
      // A folder that Spark removes meanwhile.
      return 0;
    }
  }

  private static void end(String name, Process driver, int exitCode) throws InterruptedException {
    assertThat(cluster.await(name, driver, SECONDS)).as(cluster.output(name)).isEqualTo(exitCode);
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static void check(String fault, Path output) {
    OutputCheck check = OutputCheck.of(output, COMPLETIONS, expected);
    CHECKED.add(fault + ": " + check);
    assertThat(check).as(fault).isEqualTo(new OutputCheck((long) COMPLETIONS * ROWS, 0, 0, 0));
  }

  @Test
  void anExecutorIsKilled() throws Exception {
    Path output = folder.resolve("executor");
    Process driver =
        begin(
            "executor",
            output,
            "--conf",
            "spark.executor.resource.gpu.amount=1",
            "--conf",
            "spark.task.resource.gpu.amount=1");
    awaitFirstChunk("executor", driver, output);
    LocalCluster.executors(worker).forEach(ClusterFaultsIT::kill);
    end("executor", driver, 0);
    check("executor killed", output);
  }

  @Test
  void aWorkerIsKilled() throws Exception {
    Path output = folder.resolve("worker-out");
    Process driver = begin("worker-driver", output);
    awaitFirstChunk("worker-driver", driver, output);
    List<ProcessHandle> executors = LocalCluster.executors(otherWorker);
    kill(otherWorker.toHandle());
    executors.forEach(ClusterFaultsIT::kill);
    end("worker-driver", driver, 0);
    check("worker killed", output);
    otherWorker = cluster.startWorker("other2");
  }

  @Test
  void theDriverIsKilledAndTheRunResumed() throws Exception {
    Path output = folder.resolve("driver");
    Process driver = begin("driver", output);
    awaitFirstChunk("driver", driver, output);
    kill(driver.toHandle());
    assertThat(numDone(output)).isBetween(1L, 7L);
    end("driver again", begin("driver again", output), 0);
    assertThat(cluster.output("driver again")).contains("taking over from a driver that died");
    check("driver killed", output);
  }

  @Test
  void theDriverIsKilledInTheMiddleOfACommit() throws Exception {
    Path output = folder.resolve("commit");
    Path switches = Files.createDirectories(folder.resolve("commit-switches"));
    Process driver = beginFaulty("commit", output, switches);
    awaitFirstChunk("commit", driver, output);
    Files.createFile(switches.resolve("stall"));
    await("commit", driver, () -> Files.exists(switches.resolve("stalled")));
    kill(driver.toHandle());
    Files.delete(switches.resolve("stall"));
    end("commit again", beginFaulty("commit again", output, switches), 0);
    check("driver killed in a commit", output);
  }

  @Test
  void theDiskIsFull() throws Exception {
    Path output = folder.resolve("disk");
    Path switches = Files.createDirectories(folder.resolve("disk-switches"));
    Process driver = beginFaulty("disk", output, switches);
    awaitFirstChunk("disk", driver, output);
    Files.createFile(switches.resolve("full"));
    end("disk", driver, 3);
    assertThat(cluster.output("disk")).contains("a chunk failed: No space left on device");
    Files.delete(switches.resolve("full"));
    end("disk again", beginFaulty("disk again", output, switches), 0);
    check("disk full", output);
  }

  @Test
  void theModelIsOverwritten() throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Path output = folder.resolve("corrupt");
    Process driver = begin("corrupt", output.toString(), model);
    awaitFirstChunk("corrupt", driver, output);
    Path weights = model.resolve("model.safetensors");
    FileTime before = Files.getLastModifiedTime(weights);
    byte[] sound = Files.readAllBytes(weights);
    byte[] broken = sound.clone();
    Arrays.fill(broken, broken.length / 3, broken.length, (byte) 0x3e);
    try (var file = new java.io.RandomAccessFile(weights.toFile(), "rw")) {
      file.write(broken);
    }
    end("corrupt", driver, 3);
    assertThat(cluster.output("corrupt")).contains("its files have changed");
    Files.write(weights, sound);
    Files.setLastModifiedTime(weights, before);
    end("corrupt again", begin("corrupt again", output.toString(), model), 0);
    check("model overwritten", output);
  }

  /**
   * The model's own code is replaced on the executors: it crashes libtorch at one prompt's length.
   */
  @Test
  void aRowCrashesItsExecutor() throws Exception {
    int length;
    try (Tokenizer tokenizer = Tokenizer.open(MODEL)) {
      length = tokenizer.encode(POISON).length;
    }
    String source = Files.readString(Path.of("src/main/resources/torchscript/gpt_neox.py"));
    String start = "    x = self.embed(ids, positions)\n";
    assertThat(source).contains(start);
    Path scripts = Files.createDirectories(folder.resolve("crashing/torchscript"));
    Files.writeString(
        scripts.resolve("gpt_neox.py"),
        source.replace(
            start,
            start
                + """
                    for c in range(torch.len(chunks)):
                      if chunks[c] == %d:
                        wild = torch.sparse_coo_tensor(torch.zeros([1, 1], dtype=4), torch.ones([1]), [2])
                        _0 = torch.fill_(torch._indices(wild), 1000000000000)
                        x = torch.add(x, torch.sum(torch.to_dense(wild)))
                """
                    .formatted(length)));
    Path output = folder.resolve("poison");
    Process driver =
        begin(
            "poison",
            output,
            "--conf",
            "spark.executor.extraClassPath=" + folder.resolve("crashing"));
    end("poison", driver, 0);
    assertThat(cluster.output("poison")).contains("the row with id p41 ends its executors");
    assertThat(
            LocalSpark.session()
                .read()
                .parquet(output.toString())
                .where("error_code = 'executor_lost' and id = 'p41'")
                .count())
        .isEqualTo(COMPLETIONS);
    OutputCheck check = OutputCheck.of(output, COMPLETIONS, expected);
    CHECKED.add("row that crashes libtorch: " + check);
    assertThat(check).isEqualTo(new OutputCheck((long) COMPLETIONS * ROWS, 0, 0, COMPLETIONS));
  }

  @Test
  void theDriverIsToldToStop() throws Exception {
    Path output = folder.resolve("sigterm");
    Process driver = begin("sigterm", output);
    awaitFirstChunk("sigterm", driver, output);
    driver.destroy();
    end("sigterm", driver, 3);
    assertThat(cluster.output("sigterm"))
        .containsPattern("Stopped run .* because of SIGTERM; \\d of 8 chunks are done");
    end("sigterm again", begin("sigterm again", output), 0);
    check("SIGTERM", output);
  }

  private static Process beginFaulty(String name, Path output, Path switches) throws IOException {
    Path jar = folder.resolve("faulty.jar");
    if (!Files.exists(jar)) {
      String file = FaultyFileSystem.class.getName().replace('.', '/') + ".class";
      try (InputStream in = FaultyFileSystem.class.getClassLoader().getResourceAsStream(file);
          JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
        out.putNextEntry(new ZipEntry(file));
        in.transferTo(out);
      }
    }
    return begin(
        name,
        FaultyFileSystem.SCHEME + "://" + output,
        MODEL,
        "--jars",
        jar.toString(),
        "--conf",
        "spark.hadoop.fs.faulty.impl=" + FaultyFileSystem.class.getName(),
        "--conf",
        "spark.hadoop." + FaultyFileSystem.SWITCHES + "=" + switches);
  }
}
