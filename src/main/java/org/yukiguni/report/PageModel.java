package org.yukiguni.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yukiguni.spark.OutputColumn;

/**
 * What the template of a run's page shows.
 *
 * @param run what is known of it
 * @param job its name, for a page
 * @param model its model, for a page
 * @param begun when planning began, to the second
 * @param verdict one or two words: complete, incomplete, with errors
 * @param tiles the numbers that stand at the top
 * @param errors by code
 * @param slowest the rows that took longest
 * @param engines what each did
 * @param rowsIn prompts of the plan
 * @param sample prompts with their completions
 * @param data JSON for the charts, without a {@code <}
 */
record PageModel(
    RunFacts run,
    String job,
    String model,
    String begun,
    Verdict verdict,
    List<Tile> tiles,
    List<ErrorLine> errors,
    List<SlowLine> slowest,
    List<EngineLine> engines,
    String rowsIn,
    Sample sample,
    String data) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  /** A number with its name and what goes with it. */
  record Tile(String name, String value, String note) {}

  /** How the run ended; kind is ok or error. */
  record Verdict(String kind, String text) {}

  /** An error code with an example. */
  record ErrorLine(String code, String rows, String id, String message) {}

  /** A slow row, its numbers written out. */
  record SlowLine(String id, int index, String total, String queue, String tokens, String engine) {}

  /** An engine, its numbers written out. */
  record EngineLine(String name, String rows, String tokens, String rate, String busy) {}

  private record ChartData(
      double start,
      double part,
      List<EngineData> engines,
      Timeline.Series total,
      List<BarData> bars) {}

  private record EngineData(String name, double[] busy, double[] tokensPerSecond) {}

  private record BarData(String id, double step, long[] counts) {}

  static PageModel of(Output output, Summary s) {
    return new PageModel(
        output.run(),
        PageText.of(output.run().job()),
        PageText.of(output.run().model()),
        Instant.parse(output.run().startedAt()).truncatedTo(ChronoUnit.SECONDS).toString(),
        verdict(s),
        tiles(s),
        s.errors().entrySet().stream()
            .map(
                error -> {
                  Summary.Example example = s.errorExamples().get(error.getKey());
                  return new ErrorLine(
                      error.getKey(),
                      Figures.number(error.getValue()),
                      PageText.of(example.id()),
                      PageText.of(example.message()));
                })
            .toList(),
        s.slowest().stream().map(PageModel::slow).toList(),
        s.engines().stream().map(PageModel::engine).toList(),
        Figures.number(s.rowsIn()),
        Sample.of(output),
        json(charts(output)));
  }

  private static Verdict verdict(Summary s) {
    if (s.rowsOut() != s.rowsExpected() || s.doubledRows() > 0) {
      return new Verdict(
          "error", "incomplete: %,d of %,d rows".formatted(s.rowsOut(), s.rowsExpected()));
    }
    return s.errors().isEmpty()
        ? new Verdict("ok", "complete")
        : new Verdict("error", "complete, with errors");
  }

  private static List<Tile> tiles(Summary s) {
    List<Tile> tiles = new ArrayList<>();
    tiles.add(
        new Tile(
            "Completions", Figures.number(s.completions()), Figures.counts(s.finishReasons())));
    tiles.add(
        new Tile(
            "Errors",
            Figures.number(s.errors().values().stream().mapToLong(Long::longValue).sum()),
            "of %s rows".formatted(Figures.number(s.rowsOut()))));
    tiles.add(
        new Tile(
            "Tokens generated",
            Figures.number(s.completionTokens()),
            Figures.number(s.promptTokens()) + " in prompts"));
    tiles.add(
        new Tile(
            "Tokens per second",
            Figures.rate(s.tokensPerSecond()),
            "over " + Figures.duration(s.wallSeconds())));
    tiles.add(
        new Tile(
            "Devices busy",
            Figures.share(s.deviceBusyShare()),
            s.engines().size() == 1 ? "1 engine" : s.engines().size() + " engines"));
    tiles.add(
        new Tile(
            "First token", p50(s.firstTokenMs()), Figures.percentiles(rest(s.firstTokenMs()))));
    tiles.add(new Tile("Completion", p50(s.totalMs()), Figures.percentiles(rest(s.totalMs()))));
    if (s.cost() != null) {
      tiles.add(
          new Tile(
              "Cost per 1,000 tokens",
              Figures.money(s.cost().perThousandTokens()),
              "%s per row, %s in all"
                  .formatted(Figures.money(s.cost().perRow()), Figures.money(s.cost().total()))));
    }
    return tiles;
  }

  private static String p50(Map<String, Double> percentiles) {
    return percentiles.isEmpty() ? "-" : Figures.millis(percentiles.get("p50"));
  }

  private static Map<String, Double> rest(Map<String, Double> percentiles) {
    return percentiles.isEmpty()
        ? percentiles
        : new TreeMap<>(Map.of("p90", percentiles.get("p90"), "p99", percentiles.get("p99")));
  }

  private static EngineLine engine(Summary.EngineShare engine) {
    return new EngineLine(
        engine.executorId() + " " + engine.device(),
        Figures.number(engine.rows()),
        Figures.number(engine.completionTokens()),
        Figures.rate(engine.tokensPerSecond()),
        Figures.share(engine.busyShare()));
  }

  private static SlowLine slow(Summary.SlowRow row) {
    return new SlowLine(
        PageText.of(row.id()),
        row.sequenceIndex(),
        Figures.millis(row.totalMs()),
        Figures.millis(row.queueMs()),
        "%s + %s"
            .formatted(
                Figures.number(row.promptTokens()),
                row.completionTokens() == null ? "-" : Figures.number(row.completionTokens())),
        row.executorId() + " " + row.device());
  }

  private static ChartData charts(Output output) {
    Timeline timeline = Timeline.of(output.rows());
    return new ChartData(
        1000 * timeline.startSeconds(),
        1000 * timeline.partSeconds(),
        timeline.engines().entrySet().stream()
            .map(
                e ->
                    new EngineData(e.getKey(), e.getValue().busy(), e.getValue().tokensPerSecond()))
            .toList(),
        timeline.total(),
        Histogram.of(
                output.rows(),
                OutputColumn.FIRST_TOKEN_MS,
                OutputColumn.TOTAL_MS,
                OutputColumn.PROMPT_TOKENS,
                OutputColumn.COMPLETION_TOKENS)
            .stream()
            .map(h -> new BarData(h.column().columnName(), h.step(), h.counts()))
            .toList());
  }

  private static String json(ChartData data) {
    try {
      return JSON.writeValueAsString(data).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the charts' data as JSON", e);
    }
  }
}
