package org.yukiguni.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.api.Requests;
import org.yukiguni.job.JobReader;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.GenerateRun;
import org.yukiguni.spark.LocalSpark;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * The packaged jar on a real cluster, on which faults fall for real while a job runs: one after
 * another on the same run, which each test goes on with, so that a fault also meets what the one
 * before has left. After each, what is finished is compared with a run that nothing disturbed, and
 * all of it at the end: no row may be lost, doubled or different.
 */
@Timeout(600)
@TestMethodOrder(OrderAnnotation.class)
final class ClusterFaultsIT {
  private static final int SECONDS = 300;
  private static final int ROWS = 120;
  private static final int CHUNK_ROWS = 4;
  private static final int COMPLETIONS = 2;
  private static final int POISONED_ROW = 41;
  private static final Path MODEL = Path.of("data/models/yukiguni-mini").toAbsolutePath();
  private static final String POISON = "国境の長いトンネルを抜けると雪国であった。".repeat(4);

  @TempDir static Path folder;
  private static LocalCluster cluster;
  private static Process worker;
  private static Process otherWorker;
  private static Path model;
  private static Path output;
  private static Path switches;
  private static Map<String, List<Integer>> expected;
  private static final List<String> CHECKED = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Path undisturbed = folder.resolve("expected");
    ExitCode code =
        new GenerateRun(
                LocalSpark.session(),
                Requests.of(
                    JobReader.parse(
                        yaml(undisturbed.toString(), MODEL, CHUNK_ROWS, 0, ROWS), List.of())),
                new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
                Optional::empty)
            .run();
    assertThat(code).isEqualTo(ExitCode.OK);
    expected = OutputCheck.tokens(undisturbed);
    assertThat(expected).hasSize(COMPLETIONS * ROWS);
    output = folder.resolve("out");
    switches = Files.createDirectories(folder.resolve("switches"));
    model = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
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

  private static String yaml(String output, Path model, int chunkRows, int from, int to)
      throws IOException {
    StringBuilder prompts = new StringBuilder();
    for (int i = from; i < to; i++) {
      prompts.append(
          "{\"id\": \"p%03d\", \"prompt\": \"%s\"}\n"
              .formatted(i, i == POISONED_ROW ? POISON : "国境の長いトンネルを抜けると、" + i));
    }
    Path input =
        Files.writeString(folder.resolve("prompts%d-%d.jsonl".formatted(from, to)), prompts);
    return """
        name: faults
        input: { format: jsonl, path: %s, id: id }
        prompt: { column: prompt }
        model: { path: %s }
        generation: { max_new_tokens: 40, min_new_tokens: 40, do_sample: true, num_return_sequences: %d, seed: 5 }
        output: { path: "%s", token_ids: true }
        run: { chunk_rows: %d, max_error_ratio: 0.3 }
        """
        .formatted(input, model, COMPLETIONS, output, chunkRows);
  }

  private static Process begin(String name, String yaml, String... conf) throws IOException {
    Path job = Files.writeString(folder.resolve(name + ".yaml"), yaml);
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

  /** Starts a driver on the run, and waits until it has finished one more chunk. */
  private static Process goOn(String name, String... conf) throws Exception {
    int before = OutputCheck.finishedChunks(output).size();
    List<String> all =
        new ArrayList<>(
            List.of(
                "--jars",
                faultyFileSystem().toString(),
                "--conf",
                "spark.hadoop.fs.faulty.impl=" + FaultyFileSystem.class.getName(),
                "--conf",
                "spark.hadoop." + FaultyFileSystem.SWITCHES + "=" + switches));
    all.addAll(Arrays.asList(conf));
    Process driver =
        begin(
            name,
            yaml(FaultyFileSystem.SCHEME + "://" + output, model, CHUNK_ROWS, 0, ROWS),
            all.toArray(new String[0]));
    awaitChunks(name, driver, before + 1);
    return driver;
  }

  private static Path faultyFileSystem() throws IOException {
    Path jar = folder.resolve("faulty.jar");
    if (!Files.exists(jar)) {
      String file = FaultyFileSystem.class.getName().replace('.', '/') + ".class";
      try (InputStream in = FaultyFileSystem.class.getClassLoader().getResourceAsStream(file);
          JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
        out.putNextEntry(new ZipEntry(file));
        in.transferTo(out);
      }
    }
    return jar;
  }

  private static void awaitChunks(String name, Process driver, int chunks) throws Exception {
    await(name, driver, () -> numFinished() >= chunks);
    assertThat(driver.isAlive()).as(cluster.output(name)).isTrue();
    assertThat(numFinished()).as("chunks are left for a fault").isLessThan(ROWS / CHUNK_ROWS);
  }

  private static int numFinished() {
    try {
      return OutputCheck.finishedChunks(output).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(String name, Process driver, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean() && driver.isAlive() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(condition.getAsBoolean()).as(cluster.output(name)).isTrue();
  }

  private static void end(String name, Process driver, int exitCode) throws InterruptedException {
    assertThat(cluster.await(name, driver, SECONDS)).as(cluster.output(name)).isEqualTo(exitCode);
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static void checkFinished(String fault) throws IOException {
    OutputCheck check = OutputCheck.ofFinished(output, COMPLETIONS, expected);
    CHECKED.add(fault + ": " + check);
    assertThat(check).as(fault).isEqualTo(new OutputCheck(check.rows(), 0, 0, 0));
  }

  @Test
  @Order(1)
  void theDriverIsKilled() throws Exception {
    kill(goOn("killed").toHandle());
    checkFinished("driver killed");
  }

  @Test
  @Order(2)
  void theDriverIsKilledInTheMiddleOfACommit() throws Exception {
    Process driver = goOn("commit");
    assertThat(cluster.output("commit")).contains("taking over from a driver that died");
    Files.createFile(switches.resolve("stall"));
    await("commit", driver, () -> Files.exists(switches.resolve("stalled")));
    kill(driver.toHandle());
    Files.delete(switches.resolve("stall"));
    checkFinished("driver killed in a commit");
  }

  @Test
  @Order(3)
  void theDriverIsToldToStop() throws Exception {
    Process driver = goOn("sigterm");
    driver.destroy();
    end("sigterm", driver, 3);
    assertThat(cluster.output("sigterm"))
        .containsPattern("Stopped run .* because of SIGTERM; \\d+ of 30 chunks are done");
    checkFinished("SIGTERM");
  }

  @Test
  @Order(4)
  void theDiskIsFull() throws Exception {
    Process driver = goOn("disk");
    Files.createFile(switches.resolve("full"));
    end("disk", driver, 3);
    assertThat(cluster.output("disk")).contains("a chunk failed: No space left on device");
    Files.delete(switches.resolve("full"));
    checkFinished("disk full");
  }

  @Test
  @Order(5)
  void theModelIsOverwritten() throws Exception {
    Process driver = goOn("corrupt");
    Path weights = model.resolve("model.safetensors");
    FileTime before = Files.getLastModifiedTime(weights);
    byte[] sound = Files.readAllBytes(weights);
    byte[] broken = sound.clone();
    Arrays.fill(broken, broken.length / 3, broken.length, (byte) 0x3e);
    try (var file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.write(broken);
    }
    end("corrupt", driver, 3);
    assertThat(cluster.output("corrupt")).contains("its files have changed");
    Files.write(weights, sound);
    Files.setLastModifiedTime(weights, before);
    checkFinished("model overwritten");
  }

  @Test
  @Order(6)
  void anExecutorAndThenAWorkerAreKilled() throws Exception {
    Process driver =
        goOn(
            "executor",
            "--conf",
            "spark.executor.resource.gpu.amount=1",
            "--conf",
            "spark.task.resource.gpu.amount=1");
    LocalCluster.executors(worker).forEach(ClusterFaultsIT::kill);
    awaitChunks("executor", driver, numFinished() + 1);
    checkFinished("executor killed");
    List<ProcessHandle> executors = LocalCluster.executors(otherWorker);
    kill(otherWorker.toHandle());
    executors.forEach(ClusterFaultsIT::kill);
    end("executor", driver, 0);
    OutputCheck check = OutputCheck.of(output, COMPLETIONS, expected);
    CHECKED.add("worker killed, and the whole run after all that: " + check);
    assertThat(check).isEqualTo(new OutputCheck((long) COMPLETIONS * ROWS, 0, 0, 0));
    assertThat(cluster.executorLogs("worker"))
        .containsPattern("WARN TaskDevice: Spark granted GPU 7, .* GENERATING ON THE CPU");
    otherWorker = cluster.startWorker("other2");
  }

  /**
   * The model's own code is replaced on the executors: it crashes libtorch at one prompt's length.
   */
  @Test
  @Order(7)
  void aRowCrashesItsExecutor() throws Exception {
    int rows = 9;
    int length;
    try (Tokenizer tokenizer = Tokenizer.open(MODEL)) {
      length = tokenizer.encode(POISON).length;
    }
    String source = Files.readString(Path.of("src/main/resources/torchscript/gpt_neox.py"));
    String start = "    table = self.rotary.at(positions, x)\n";
    assertThat(source).contains(start);
    Path scripts = Files.createDirectories(folder.resolve("crashing/torchscript"));
    Files.writeString(
        scripts.resolve("gpt_neox.py"),
        source.replace(
            start,
            start
                + """
                    for c in range(1 + 2 * layout[0], torch.len(layout)):
                      if layout[c] == %d:
                        wild = torch.sparse_coo_tensor(torch.zeros([1, 1], dtype=4), torch.ones([1]), [2])
                        _0 = torch.fill_(torch._indices(wild), 1000000000000)
                        x = torch.add(x, torch.sum(torch.to_dense(wild)))
                """
                    .formatted(length)));
    Path poisoned = folder.resolve("poisoned");
    Process driver =
        begin(
            "poison",
            yaml(poisoned.toString(), MODEL, 3, POISONED_ROW - 4, POISONED_ROW - 4 + rows),
            "--conf",
            "spark.executor.extraClassPath=" + folder.resolve("crashing"),
            // Each loss costs a start of an executor.
            "--conf",
            "spark.task.maxFailures=2");
    end("poison", driver, 0);
    assertThat(cluster.output("poison")).contains("the row with id p041 ends its executors");
    assertThat(
            LocalSpark.session()
                .read()
                .parquet(poisoned.toString())
                .where("error_code = 'executor_lost' and id = 'p041'")
                .count())
        .isEqualTo(COMPLETIONS);
    OutputCheck check = OutputCheck.of(poisoned, COMPLETIONS, expected);
    CHECKED.add("row that crashes libtorch: " + check);
    assertThat(check).isEqualTo(new OutputCheck((long) COMPLETIONS * rows, 0, 0, COMPLETIONS));
  }
}
