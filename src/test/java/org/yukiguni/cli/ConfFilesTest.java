package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.JobReader;
import org.yukiguni.spark.MetricNames;

/** What lies in conf/ for copying: its syntax, and that it names what there is. */
final class ConfFilesTest {
  private static final Path CONF = Path.of("conf");

  @TempDir Path folder;

  @Test
  void dashboardAndAlertsAskForGaugesThatThereAre() throws Exception {
    Set<String> there = new TreeSet<>(MetricNames.inPrometheus("yukiguni"));
    List<String> asked = new ArrayList<>();
    JsonNode dashboard = new JsonMapper().readTree(CONF.resolve("grafana-dashboard.json").toFile());
    assertThat(dashboard.get("panels")).hasSizeGreaterThan(8);
    dashboard.findValuesAsText("expr").forEach(expr -> asked.addAll(metrics(expr)));
    JsonNode alerts = yaml("prometheus-alerts.yaml");
    alerts.findValuesAsText("expr").forEach(expr -> asked.addAll(metrics(expr)));
    assertThat(alerts.findValues("alert")).hasSize(4);

    assertThat(asked).hasSizeGreaterThan(20);
    assertThat(there).containsAll(asked);
    assertThat(yaml("prometheus.yaml").get("rule_files").get(0).asText())
        .isEqualTo("prometheus-alerts.yaml");
  }

  @Test
  void sparkPropertiesAreSparks() throws Exception {
    try (Stream<Path> files = Files.list(CONF)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".conf")).toList()) {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file)));
        assertThat(properties.stringPropertyNames())
            .as(file.toString())
            .isNotEmpty()
            .allMatch(key -> key.startsWith("spark."))
            .allMatch(key -> !properties.getProperty(key).isBlank());
      }
    }
  }

  @Test
  void aLogLineCannotSteerTheTerminal() throws Exception {
    Properties log = new Properties();
    log.load(new StringReader(Files.readString(CONF.resolve("log4j2.properties"))));
    String line =
        PatternLayout.newBuilder()
            .withPattern(log.getProperty("appender.stderr.layout.pattern"))
            .build()
            .toSerializable(
                Log4jLogEvent.newBuilder()
                    .setLoggerName("org.yukiguni.run.X")
                    .setLevel(Level.WARN)
                    .setMessage(new SimpleMessage("row \u001b[2J\u009b\u202e\r\u0007 of\n\t雪"))
                    .setThrown(new IllegalStateException("row \u001b]0;title\u0007"))
                    .build());
    assertThat(line)
        .contains("WARN  X: row ?[2J???? of\n\t雪\n", "IllegalStateException: row ?]0;title?")
        .doesNotContain("\u001b", "\u0007", "\u202e", "\r");
  }

  @Test
  void kubernetesGetsOneGpuForEachExecutor() throws Exception {
    JsonNode pod = yaml("kubernetes/executor.yaml");
    assertThat(pod.get("kind").asText()).isEqualTo("Pod");
    JsonNode container = pod.get("spec").get("containers").get(0);
    assertThat(container.get("resources").get("limits").get("nvidia.com/gpu").asInt()).isEqualTo(1);
    assertThat(container.get("volumeMounts").get(0).get("name"))
        .isEqualTo(pod.get("spec").get("volumes").get(0).get("name"));
    List<String> docker = Files.readAllLines(CONF.resolve("kubernetes/Dockerfile"));
    assertThat(docker).anyMatch(line -> line.startsWith("FROM apache/spark:4.2.0-scala2.13-"));
    for (String line : docker) {
      if (line.startsWith("COPY ") && !line.contains("target/")) {
        assertThat(Path.of(line.split(" ", -1)[1])).exists();
      }
    }
  }

  @Test
  void scriptsParse() throws Exception {
    for (String script :
        List.of("discover-gpus.sh", "kubernetes/submit.sh", "nightly/nightly.sh")) {
      assertThat(run("bash", "-n", CONF.resolve(script).toString())).as(script).isZero();
      assertThat(Files.isExecutable(CONF.resolve(script))).as(script).isTrue();
    }
  }

  @Test
  void theDagIsPython() throws Exception {
    Assumptions.assumeTrue(onPath("python3"), "no python3 here: the DAG's syntax is NOT checked");
    String check = "import ast; ast.parse(open('conf/nightly/airflow_dag.py').read())";
    assertThat(run("python3", "-c", check)).isZero();
  }

  @Test
  void systemdTakesTheTimer() throws Exception {
    String service = Files.readString(CONF.resolve("nightly/yukiguni-nightly.service"));
    assertThat(service)
        .contains("SuccessExitStatus=2")
        .containsPattern("ExecStart=/opt/yukiguni/conf/nightly/nightly.sh \\S+ \\S+ spark://");
    Assumptions.assumeTrue(
        onPath("systemd-analyze"), "no systemd-analyze here: the units are NOT checked by it");
    Path units = Files.createDirectories(folder.resolve("units"));
    // The command must exist where it is checked.
    Path command = CONF.resolve("nightly/nightly.sh").toAbsolutePath();
    Files.writeString(
        units.resolve("yukiguni-nightly.service"),
        service
            .replace("/opt/yukiguni/conf/nightly/nightly.sh", command.toString())
            .replace("WorkingDirectory=/opt/yukiguni", "WorkingDirectory=/"));
    Files.copy(
        CONF.resolve("nightly/yukiguni-nightly.timer"), units.resolve("yukiguni-nightly.timer"));
    assertThat(
            run(
                "systemd-analyze",
                "verify",
                units.resolve("yukiguni-nightly.timer").toString(),
                units.resolve("yukiguni-nightly.service").toString()))
        .isZero();
    assertThat(run("systemd-analyze", "calendar", "*-*-* 01:00:00")).isZero();
  }

  /** The script's own loop, with a spark-submit that breaks once. */
  @Test
  void aBrokenNightIsTakenUpAgainAndAWrongJobIsNot() throws Exception {
    assertThat(night("echo x >> calls; [ $(wc -l < calls) -eq 2 ] || exit 3")).isZero();
    assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(2);
    assertThat(Files.readString(folder.resolve("night.log")))
        .contains("attempt 1 broke")
        .doesNotContain("attempt 2 broke");
    Files.delete(folder.resolve("calls"));
    assertThat(night("echo \"$@\" >> calls; exit 1")).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .singleElement()
        .satisfies(
            call ->
                assertThat(call)
                    .contains("generate job.yaml --set output.path=out/2026-01-02")
                    .contains("--set report.html=out/2026-01-02.html --progress=plain"));
  }

  @Test
  void theNightlyJobIsAJob() {
    assertThat(JobReader.read(Path.of("jobs/nightly.yaml"), List.of()).report().html()).isNotNull();
  }

  private int night(String sparkSubmit) throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path submit =
        Files.writeString(bin.resolve("spark-submit"), "#!/bin/bash\n" + sparkSubmit + "\n");
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    ProcessBuilder builder =
        new ProcessBuilder(
                CONF.resolve("nightly/nightly.sh").toAbsolutePath().toString(), "job.yaml", "out")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("night.log").toFile());
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("NIGHT", "2026-01-02");
    builder.environment().put("PAUSE", "0");
    Process process = builder.start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    if (process.exitValue() != 0) {
      System.err.println(Files.readString(folder.resolve("log")));
    }
    return process.exitValue();
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  private static List<String> metrics(String expr) {
    return Pattern.compile("metrics_\\w+").matcher(expr).results().map(MatchResult::group).toList();
  }

  private static JsonNode yaml(String file) throws IOException {
    ObjectMapper mapper = new YAMLMapper();
    return mapper.readTree(CONF.resolve(file).toFile());
  }
}
