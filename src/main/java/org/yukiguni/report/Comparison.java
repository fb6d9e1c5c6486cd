package org.yukiguni.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.spark.OutputColumn;

/**
 * Two runs beside each other. Rows belong together if id and sequence_index are equal.
 *
 * @param a the one run
 * @param b the other one
 * @param lines their numbers
 * @param shared what they have in common
 * @param pairs some prompts that both have, with both runs' completions; those that differ first
 */
public record Comparison(
    RunFacts a, RunFacts b, List<Line> lines, Shared shared, List<Pair> pairs) {
  private static final int PAIRS = 60;
  private static final int CANDIDATES = 4 * PAIRS;

  /** The first run's job, for a page. */
  public String jobA() {
    return PageText.of(a.job());
  }

  /** The second run's job, for a page. */
  public String jobB() {
    return PageText.of(b.job());
  }

  /** A number of both runs, and how many times the first one the second one is; may be empty. */
  public record Line(String name, String a, String b, String change) {}

  /**
   * What two runs have in common.
   *
   * @param rows that both have
   * @param onlyA rows that only the first run has
   * @param onlyB rows that only the second run has
   * @param otherPrompts rows of both whose prompts differ
   * @param bothOk rows that have a completion in both
   * @param equal of these, completions that are equal to the letter
   */
  public record Shared(
      long rows, long onlyA, long onlyB, long otherPrompts, long bothOk, long equal) {
    /** Equal completions among those of both, 0 to 1. */
    public double equalShare() {
      return bothOk == 0 ? 0 : (double) equal / bothOk;
    }
  }

  /** A prompt with both runs' completions; status is equal or different. */
  record Pair(
      String id,
      String prompt,
      String status,
      List<Sample.Completion> a,
      List<Sample.Completion> b) {}

  /** Compares: a join of hashes, and the texts of a few prompts. */
  public static Comparison of(Output a, Output b) {
    Dataset<Row> joined =
        hashes(a, "a").join(hashes(b, "b"), new String[] {"id", "sequence_index"}, "full_outer");
    return new Comparison(
        a.run(),
        b.run(),
        lines(SummaryReader.read(a), SummaryReader.read(b)),
        shared(joined),
        pairs(a, b, joined));
  }

  private static Dataset<Row> hashes(Output output, String side) {
    return output
        .rows()
        .select(
            Columns.of(OutputColumn.ID),
            Columns.of(OutputColumn.SEQUENCE_INDEX),
            Columns.of(OutputColumn.CHUNK).as(side + "_chunk"),
            Columns.of(OutputColumn.STATUS).equalTo("ok").as(side + "_ok"),
            xxhash64(Columns.of(OutputColumn.PROMPT)).as(side + "_prompt"),
            xxhash64(Columns.of(OutputColumn.COMPLETION)).as(side + "_text"));
  }

  private static Column isEqual() {
    return col("a_ok").and(col("b_ok")).and(col("a_text").equalTo(col("b_text")));
  }

  private static Shared shared(Dataset<Row> joined) {
    Column inA = col("a_chunk").isNotNull();
    Column inB = col("b_chunk").isNotNull();
    Row row =
        joined
            .select(
                number(inA.and(inB)),
                number(inA.and(inB.unary_$bang())),
                number(inB.and(inA.unary_$bang())),
                number(inA.and(inB).and(col("a_prompt").notEqual(col("b_prompt")))),
                number(col("a_ok").and(col("b_ok"))),
                number(isEqual()))
            .head();
    return new Shared(
        row.getLong(0),
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5));
  }

  private static Column number(Column condition) {
    return count(when(condition, lit(1)));
  }

  private static List<Pair> pairs(Output a, Output b, Dataset<Row> joined) {
    Map<String, Integer> inA = new LinkedHashMap<>();
    Map<String, Integer> inB = new LinkedHashMap<>();
    for (Row row :
        joined
            .where(col("a_chunk").isNotNull().and(col("b_chunk").isNotNull()))
            .select(col("id"), col("a_chunk"), col("b_chunk"))
            // Texts are read from few chunks, and the hash that deals them is chance enough.
            .orderBy(coalesce(isEqual(), lit(false)), col("a_chunk"), xxhash64(col("id")))
            .takeAsList(CANDIDATES)) {
      if (inA.size() < PAIRS) {
        inA.put(row.getString(0), row.getInt(1));
        inB.put(row.getString(0), row.getInt(2));
      }
    }
    Map<String, List<Row>> ofA = byId(Sample.rowsOf(a.rows(), inA));
    Map<String, List<Row>> ofB = byId(Sample.rowsOf(b.rows(), inB));
    return ofA.keySet().stream().map(id -> pair(id, ofA.get(id), ofB.get(id))).toList();
  }

  private static Pair pair(String id, List<Row> a, List<Row> b) {
    String prompt = a.get(0).getAs("prompt");
    List<String> texts = a.stream().map(row -> row.<String>getAs("completion")).toList();
    boolean isEqual = texts.equals(b.stream().map(row -> row.<String>getAs("completion")).toList());
    return new Pair(
        PageText.of(id),
        prompt == null ? null : PageText.of(prompt),
        isEqual ? "equal" : "different",
        completions(a),
        completions(b));
  }

  private static List<Sample.Completion> completions(List<Row> rows) {
    return rows.stream().limit(Sample.MAX_COMPLETIONS).map(Sample::completion).toList();
  }

  private static Map<String, List<Row>> byId(List<Row> rows) {
    Map<String, List<Row>> byId = new LinkedHashMap<>();
    rows.forEach(row -> byId.computeIfAbsent(row.getAs("id"), id -> new ArrayList<>()).add(row));
    return byId;
  }

  private static List<Line> lines(Summary a, Summary b) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("model", PageText.of(a.model()), PageText.of(b.model()), ""));
    lines.add(counts("completions", a.completions(), b.completions()));
    lines.add(counts("errors", a.numErrors(), b.numErrors()));
    lines.addAll(counts("errors, ", a.errors(), b.errors()));
    lines.addAll(counts("ended by ", a.finishReasons(), b.finishReasons()));
    lines.add(counts("tokens generated", a.completionTokens(), b.completionTokens()));
    lines.add(
        rates(
            "tokens per completion",
            Tally.perSecond((double) a.completionTokens(), (double) a.completions()),
            Tally.perSecond((double) b.completionTokens(), (double) b.completions())));
    lines.add(rates("tokens per second", a.tokensPerSecond(), b.tokensPerSecond()));
    lines.add(rates("seconds", a.wallSeconds(), b.wallSeconds()));
    lines.addAll(percentiles("first token, ", a.firstTokenMs(), b.firstTokenMs()));
    lines.addAll(percentiles("completion, ", a.totalMs(), b.totalMs()));
    return lines;
  }

  /** A line for each key that either has. */
  private static List<Line> counts(String name, Map<String, Long> a, Map<String, Long> b) {
    TreeSet<String> keys = new TreeSet<>(a.keySet());
    keys.addAll(b.keySet());
    return keys.stream()
        .map(key -> counts(name + key, a.getOrDefault(key, 0L), b.getOrDefault(key, 0L)))
        .toList();
  }

  private static List<Line> percentiles(String name, Map<String, Double> a, Map<String, Double> b) {
    return Stream.of("p50", "p90", "p99")
        .map(p -> rates(name + p + " ms", a.getOrDefault(p, 0.0), b.getOrDefault(p, 0.0)))
        .toList();
  }

  private static Line counts(String name, long a, long b) {
    return new Line(name, Figures.number(a), Figures.number(b), change((double) a, (double) b));
  }

  private static Line rates(String name, double a, double b) {
    return new Line(name, Figures.rate(a), Figures.rate(b), change(a, b));
  }

  private static String change(double a, double b) {
    return a == 0 || a == b ? "" : String.format(Locale.ROOT, "x %.2f", b / a);
  }
}
