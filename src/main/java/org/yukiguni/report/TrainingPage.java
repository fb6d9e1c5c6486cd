package org.yukiguni.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What the template of a training's page shows.
 *
 * @param job its name, for a page
 * @param verdict one or two words
 * @param tiles the numbers that stand at the top
 * @param effectiveJob as YAML
 * @param data JSON for the charts, without a {@code <}
 */
record TrainingPage(
    String job,
    PageModel.Verdict verdict,
    List<PageModel.Tile> tiles,
    String effectiveJob,
    String data) {
  /** A point for each step would make the page of a long training large and its lines a blur. */
  private static final int MAX_POINTS = 600;

  static TrainingPage of(TrainingLog log) {
    return new TrainingPage(
        PageText.of(log.job()),
        log.isDone()
            ? new PageModel.Verdict("ok", "complete")
            : new PageModel.Verdict("error", "not finished"),
        tiles(log),
        log.effectiveJob(),
        data(log).toString().replace("<", "\\u003c"));
  }

  private static List<PageModel.Tile> tiles(TrainingLog log) {
    List<PageModel.Tile> tiles = new ArrayList<>();
    int count = log.steps().size();
    tiles.add(
        new PageModel.Tile(
            "Steps",
            Figures.number(count),
            count == 0
                ? ""
                : String.format(Locale.ROOT, "%.2f epochs", log.steps().get(count - 1).epoch())));
    tiles.add(tile("Loss", log.losses()));
    tiles.add(tile("Loss of rows held back", log.evalLosses()));
    tiles.add(
        new PageModel.Tile(
            "Tokens per second",
            Figures.rate(log.tokensPerSecond()),
            "%s over %s".formatted(Figures.number(log.tokens()), Figures.duration(log.seconds()))));
    return tiles;
  }

  private static PageModel.Tile tile(String name, double[] values) {
    return values.length == 0
        ? new PageModel.Tile(name, "-", "not measured")
        : new PageModel.Tile(
            name,
            String.format(Locale.ROOT, "%.4f", values[values.length - 1]),
            String.format(Locale.ROOT, "%.4f at first", values[0]));
  }

  /** Points (step, value) of each chart; means where there are too many steps. */
  private static ObjectNode data(TrainingLog log) {
    ObjectNode data = new ObjectMapper().createObjectNode();
    data.set("loss", points(log.steps(), TrainingLog.Step::loss));
    data.set(
        "eval_loss",
        points(
            log.steps().stream().filter(s -> s.evalLoss() != null).toList(),
            TrainingLog.Step::evalLoss));
    data.set("learning_rate", points(log.steps(), TrainingLog.Step::learningRate));
    data.set("gradient_norm", points(log.steps(), TrainingLog.Step::gradientNorm));
    data.set("tokens_per_second", points(log.steps(), TrainingLog.Step::tokensPerSecond));
    return data;
  }

  private static ArrayNode points(
      List<TrainingLog.Step> steps, ToDoubleFunction<TrainingLog.Step> value) {
    ArrayNode points = new ObjectMapper().createArrayNode();
    int count = Math.min(MAX_POINTS, steps.size());
    for (int i = 0; i < count; i++) {
      List<TrainingLog.Step> some =
          steps.subList(
              (int) ((long) i * steps.size() / count),
              (int) ((long) (i + 1) * steps.size() / count));
      points
          .addObject()
          .put("x", some.get(some.size() - 1).step())
          .put("y", some.stream().mapToDouble(value).average().orElseThrow());
    }
    return points;
  }
}
