package org.yukiguni.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A standalone Spark cluster on this machine: a master and workers of one core, each in a JVM of
 * its own, from the Spark jars of the tests' class path. All of it listens on loopback only, and
 * ends with {@link #close}.
 */
final class LocalCluster implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int START_SECONDS = 60;
  private static final int END_SECONDS = 20;

  /** These processes live for seconds: compiling well and collecting in parallel do not pay. */
  private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  /** Folders of the local Maven repository with what our jar brings and Spark does not. */
  private static final List<String> NOT_SPARKS =
      List.of(
          "/ai/djl/",
          "/net/java/dev/jna/",
          "/info/picocli/",
          "/io/pebbletemplates/",
          "/org/unbescape/",
          "/org/webjars/",
          "/org/seleniumhq/",
          "/org/duckdb/",
          "/org/jline/",
          "/com/google/protobuf/",
          "/com/fasterxml/jackson/dataformat/",
          "/org/junit/",
          "/org/assertj/",
          "/com/tngtech/",
          "/hadoop-client-minicluster/");

  private final Path home;
  private final List<Process> processes = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private int masterPort;

  private LocalCluster(Path home) {
    this.home = home;
  }

  /** Makes a folder that serves as SPARK_HOME; starts nothing yet. */
  static LocalCluster in(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar") && NOT_SPARKS.stream().noneMatch(entry::contains)) {
        Path jar = Path.of(entry);
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
      }
    }
    return new LocalCluster(home);
  }

  /** Starts the master and the workers, and waits until the master listens. */
  void start(int workers) throws IOException, InterruptedException {
    masterPort = freePort();
    Process master =
        java(
            "master",
            "org.apache.spark.deploy.master.Master",
            "--host",
            LOOPBACK,
            "--port",
            Integer.toString(masterPort),
            "--webui-port",
            Integer.toString(freePort()));
    processes.add(master);
    await(master);
    for (int i = 0; i < workers; i++) {
      startWorker("worker" + i);
    }
  }

  /** Starts one more worker, of one core and one made-up GPU. */
  Process startWorker(String name) throws IOException {
    return startWorker(name, 1);
  }

  /** Starts one more worker, of some cores and one made-up GPU. */
  Process startWorker(String name, int cores) throws IOException {
    Path discovery = home.resolve("discover-gpus.sh");
    if (!Files.exists(discovery)) {
      Files.writeString(
          discovery, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"7\"]}'\n");
      if (!discovery.toFile().setExecutable(true)) {
        throw new IOException("cannot make " + discovery + " executable");
      }
      Files.writeString(
          home.resolve("worker.conf"),
          "spark.worker.resource.gpu.amount 1\nspark.worker.resource.gpu.discoveryScript "
              + discovery
              + "\n");
    }
    Process worker =
        java(
            name,
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            LOOPBACK,
            "--cores",
            Integer.toString(cores),
            "--memory",
            "2g",
            "--webui-port",
            Integer.toString(freePort()),
            "--properties-file",
            home.resolve("worker.conf").toString(),
            "--work-dir",
            home.resolve(name + "-work").toString(),
            master());
    processes.add(worker);
    return worker;
  }

  /** The executors that a worker runs now. */
  static List<ProcessHandle> executors(Process worker) {
    return worker
        .descendants()
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  /** Sets a variable of the environment of what is started from now on. */
  void setEnvironment(String variable, String value) {
    environment.put(variable, value);
  }

  /** The cluster's URL. */
  String master() {
    return "spark://" + LOOPBACK + ":" + masterPort;
  }

  /**
   * Submits our jar and waits for its end.
   *
   * @return the exit code
   */
  int submit(String name, int seconds, String... arguments)
      throws IOException, InterruptedException {
    return await(name, begin(name, arguments), seconds);
  }

  /** Submits our jar. */
  Process begin(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    for (String conf :
        List.of(
            "spark.ui.enabled=false",
            // Both executors before the first task, or one might do all the work.
            "spark.cores.max=2",
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "spark.driver.host=" + LOOPBACK,
            "spark.driver.bindAddress=" + LOOPBACK,
            "spark.executor.memory=1g",
            "spark.executor.extraJavaOptions=" + SHORT_LIVED,
            "spark.sql.shuffle.partitions=2")) {
      command.addAll(List.of("--conf", conf));
    }
    command.addAll(Arrays.asList(arguments));
    Process submit =
        java(name, "org.apache.spark.deploy.SparkSubmit", command.toArray(String[]::new));
    processes.add(submit);
    return submit;
  }

  /** Waits for the end of what was submitted, and gives its exit code. */
  int await(String name, Process submit, int seconds) throws InterruptedException {
    if (!submit.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          name + " has not ended after " + seconds + " s; its output:\n" + output(name));
    }
    return submit.exitValue();
  }

  /** What a process has printed. */
  String output(String name) {
    try {
      return Files.readString(log(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the executors of a worker have logged, all of them since it was started. */
  String executorLogs(String worker) throws IOException {
    StringBuilder logs = new StringBuilder();
    try (Stream<Path> files = Files.walk(home.resolve(worker + "-work"))) {
      for (Path file : files.filter(path -> path.endsWith("stderr")).toList()) {
        logs.append(Files.readString(file));
      }
    }
    return logs.toString();
  }

  /** Kills what still runs, and takes the links away so that nobody follows them. */
  @Override
  public void close() throws IOException {
    // The last one first: a worker whose master is gone would try to find it again.
    for (int i = processes.size() - 1; i >= 0; i--) {
      Process process = processes.get(i);
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
    }
    try (Stream<Path> links = Files.list(home.resolve("jars"))) {
      for (Path link : links.toList()) {
        Files.delete(link);
      }
    }
  }

  private Process java(String name, String mainClass, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("spark.java.options").split(" ")));
    command.addAll(List.of(SHORT_LIVED.split(" ")));
    command.addAll(List.of("-Xmx1g", "-cp", home.resolve("jars") + "/*", mainClass));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(name).toFile());
    builder.environment().putAll(environment);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
    return builder.start();
  }

  private Path log(String name) {
    return home.resolve(name + ".log");
  }

  private void await(Process master) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!isListening()) {
      if (System.nanoTime() > deadline || !master.isAlive()) {
        throw new IllegalStateException("the master did not start:\n" + output("master"));
      }
      Thread.sleep(100);
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), masterPort)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
