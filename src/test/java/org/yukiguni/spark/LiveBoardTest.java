package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.util.List;
import org.apache.spark.util.JsonProtocol;
import org.junit.jupiter.api.Test;

final class LiveBoardTest {
  private long nanos;
  private final LiveBoard board = new LiveBoard(() -> nanos);

  private static ExecutorStatus status(String id, long newTokens) {
    EngineStatus open =
        new EngineStatus("cpu", false, 1500, 0, 0, 4, 2, 0.5, 4096, 10, 80, 30, newTokens);
    EngineStatus loading = EngineStatus.loading("cuda:1", 700, Arrivals.Layers.UNKNOWN);
    return new ExecutorStatus(id, 1000, 30, 80, List.of(), List.of(open, loading));
  }

  @Test
  void aSilentExecutorIsGone() {
    board.hear(status("10", 1));
    nanos += 10_000_000_000L;
    board.hear(status("9", 1));
    assertThat(board.executors()).extracting(ExecutorStatus::executorId).containsExactly("9", "10");
    nanos += 10_000_000_000L;
    assertThat(board.executors()).extracting(ExecutorStatus::executorId).containsExactly("9");
  }

  @Test
  void gaugesAddUpOrTakeTheGreatest() {
    MetricRegistry registry = new MetricRegistry();
    MetricsPlugin.register(board, registry);
    assertThat(value(registry, "tokens.generated")).isEqualTo(0L);
    board.hear(status("0", 100));
    board.hear(status("1", 50));
    board.watch(() -> new Sums(3, 5, 1, 150, 2_000_000));
    assertThat(value(registry, "tokens.generated")).isEqualTo(150L);
    assertThat(value(registry, "sequences.running")).isEqualTo(8L);
    assertThat(value(registry, "queue.length")).isEqualTo(4L);
    assertThat(value(registry, "engines.open")).isEqualTo(2L);
    assertThat(value(registry, "engines.loading")).isEqualTo(2L);
    assertThat(value(registry, "kv.share")).isEqualTo(0.5);
    assertThat(value(registry, "kv.bytes")).isEqualTo(8192L);
    assertThat(value(registry, "model.load.ms")).isEqualTo(1500.0);
    assertThat(value(registry, "memory.resident.bytes")).isEqualTo(2000L);
    assertThat(value(registry, "gpu.memory.used.bytes")).isEqualTo(60L);
    assertThat(value(registry, "gpu.memory.bytes")).isEqualTo(160L);
    assertThat(value(registry, "step.ms")).isEqualTo(8.0);
    assertThat(value(registry, "rows.ok")).isEqualTo(5L);
    assertThat(value(registry, "rows.error")).isEqualTo(1L);
    assertThat(value(registry, "prompts.done")).isEqualTo(3L);
    assertThat(value(registry, "device.busy.ms")).isEqualTo(2000L);
  }

  @Test
  void sparkWritesTheGaugesToItsEventLogAndReadsThemBack() {
    MetricRegistry registry = new MetricRegistry();
    MetricsPlugin.register(board, registry);
    board.hear(status("0", 100));
    GaugesEvent event = new GaugesEvent(1_790_000_000_000L, MetricsPlugin.values(registry));
    String line = JsonProtocol.sparkEventToJsonString(event);
    assertThat(line)
        .startsWith("{\"Event\":\"org.yukiguni.spark.GaugesEvent\",\"timestamp\":1790000000000")
        .contains("\"kv.share\":0.5", "\"tokens.generated\":100")
        .doesNotContain("\n");
    assertThat(JsonProtocol.sparkEventFromJson(line))
        .isInstanceOfSatisfying(
            GaugesEvent.class,
            read -> assertThat(read.gauges()).containsOnlyKeys(event.gauges().keySet()));
  }

  @Test
  void theProcessHasMemory() {
    assertThat(StatusSender.residentBytes()).isGreaterThan(10_000_000);
  }

  private static Object value(MetricRegistry registry, String name) {
    return registry.getGauges().get(name).getValue();
  }
}
