package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.report.Browser;

/**
 * A job on a real cluster, watched as people do: its gauges in Prometheus and its progress while it
 * runs, its page in a browser afterwards. The pictures of the page go to {@code target/pictures};
 * the README shows one of them.
 */
@Timeout(600)
final class WatchIT {
  private static final int SUBMIT_SECONDS = 300;
  private static final Path PICTURES = Path.of("target/pictures");
  private static final String GAUGE =
      "metrics_yukiguni_driver_plugin_org_yukiguni_spark_MetricsPlugin_";

  @TempDir Path folder;
  private LocalCluster cluster;
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    cluster = LocalCluster.in(folder.resolve("spark"));
    cluster.start(2);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void gaugesProgressAndPage() throws Exception {
    Path page = folder.resolve("page.html");
    int uiPort = LocalCluster.freePort();
    var thread = Executors.newSingleThreadExecutor();
    Map<String, Double> most = new TreeMap<>();
    boolean hasExecutors = false;
    boolean isDescribed = false;
    try {
      Future<Integer> submit = thread.submit(submit(uiPort, page));
      while (!submit.isDone()) {
        get(uiPort, "/metrics/prometheus/")
            .lines()
            .filter(line -> line.startsWith(GAUGE) && line.contains("_Value{"))
            .forEach(line -> most.merge(name(line), value(line), Math::max));
        hasExecutors |= get(uiPort, "/metrics/executors/prometheus").contains("executor_id=\"1\"");
        isDescribed |= get(uiPort, "/jobs/").contains("chunk 2 of 4, nightly");
        TimeUnit.MILLISECONDS.sleep(500);
      }
      assertThat(submit.get()).as(cluster.output("watched")).isZero();
    } finally {
      thread.shutdownNow();
    }

    assertThat(hasExecutors).isTrue();
    assertThat(isDescribed).as("Spark's page of jobs says what runs").isTrue();
    assertThat(most)
        .containsEntry("engines_open", 2.0)
        .hasEntrySatisfying("tokens_generated", value -> assertThat(value).isGreaterThan(1000))
        .hasEntrySatisfying("sequences_running", value -> assertThat(value).isBetween(2.0, 128.0))
        .hasEntrySatisfying("rows_ok", value -> assertThat(value).isGreaterThan(10))
        .hasEntrySatisfying("kv_share", value -> assertThat(value).isBetween(0.001, 1.0))
        .hasEntrySatisfying("step_ms", value -> assertThat(value).isGreaterThan(0.1))
        .hasEntrySatisfying("model_load_ms", value -> assertThat(value).isGreaterThan(10))
        .hasEntrySatisfying("memory_resident_bytes", v -> assertThat(v).isGreaterThan(1e8));
    assertThat(gaugesOfEventLog())
        .isNotEmpty()
        .anySatisfy(line -> assertThat(line).contains("\"engines.open\":2"))
        .allSatisfy(line -> assertThat(line).contains("\"tokens.generated\":", "\"kv.share\":"));
    assertThat(cluster.output("watched"))
        .containsPattern("\"phase\":\"generating\".*\"executor_id\":\"[01]\",\"device\":\"cpu\"");

    try (Browser browser = Browser.open()) {
      browser.show(page, Browser.Screen.DESKTOP, "light");
      browser.picture(PICTURES.resolve("desktop-light.png"), 2400);
      browser.visible("select").get(0).sendKeys("story");
      assertThat(browser.visible(".prompt")).hasSizeBetween(5, 40);
      assertThat(browser.visible(".prompt .kept")).allMatch(kept -> kept.getText().equals("story"));
      assertThat(browser.visible(".prompt .given"))
          .anyMatch(prompt -> prompt.getText().equals("県境の長いトンネルを抜けると、"));
      for (String scheme : new String[] {"light", "dark"}) {
        browser.show(page, Browser.Screen.PHONE, scheme);
        browser.picture(PICTURES.resolve("phone-%s.png".formatted(scheme)), 3600);
      }
      browser.show(page, Browser.Screen.DESKTOP, "dark");
      browser.picture(PICTURES.resolve("desktop-dark.png"), 2400);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private Path eventLog() throws IOException {
    return Files.createDirectories(folder.resolve("events"));
  }

  private List<String> gaugesOfEventLog() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(eventLog())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream().filter(line -> line.contains("GaugesEvent")).toList();
  }

  private Callable<Integer> submit(int uiPort, Path page) {
    return () ->
        cluster.submit(
            "watched",
            SUBMIT_SECONDS,
            "--master",
            cluster.master(),
            "--properties-file",
            "conf/spark-metrics.conf",
            "--conf",
            "spark.ui.enabled=true",
            "--conf",
            "spark.eventLog.enabled=true",
            "--conf",
            "spark.eventLog.compress=false",
            "--conf",
            "spark.eventLog.dir=" + eventLog().toUri(),
            "--conf",
            "spark.ui.port=" + uiPort,
            "--class",
            System.getProperty("yukiguni.main"),
            System.getProperty("yukiguni.jar"),
            "generate",
            "jobs/nightly.yaml",
            "--progress=json",
            "--set",
            "run.chunk_rows=50",
            "--set",
            "output.path=" + folder.resolve("out"),
            "--set",
            "report.html=" + page);
  }

  private String get(int port, String path) throws InterruptedException {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      // The driver is not there yet, or gone.
      return "";
    }
  }

  private static String name(String line) {
    return line.substring(GAUGE.length(), line.indexOf("_Value"));
  }

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }
}
