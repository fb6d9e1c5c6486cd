package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.Device;
import org.yukiguni.job.TestSettings;
import org.yukiguni.job.TimeLimit;

final class GeneratePartitionTest {
  private static final AtomicInteger READ = new AtomicInteger();
  private static final AtomicInteger MOST_OPEN = new AtomicInteger();

  private final SparkSession spark = LocalSpark.session();
  private final OutputSchema schema = OutputSchema.withTokenIds(List.of());

  private Dataset<Row> plan(int rows, int partitions) {
    List<Row> plan =
        IntStream.range(0, rows)
            .mapToObj(
                i ->
                    RowFactory.create(
                        "r" + i, "p" + i, null, "h" + i, 3, new int[] {i % 26, 3}, 0.5, null, null))
            .toList();
    return spark.createDataFrame(plan, PlanColumn.schema(List.of())).repartition(partitions);
  }

  private Dataset<Row> generate(Dataset<Row> plan, FakeLoader loader, Counters counters) {
    return plan.mapPartitions(
        new GeneratePartition(
            loader,
            Device.AUTO,
            TestSettings.rows("{max_new_tokens: 4, do_sample: true, top_k: 0, n: 3, seed: 7}"),
            new RowLimits(TimeLimit.NONE, TimeLimit.NONE, 0),
            schema,
            new RunConstants("fake", "r1", null),
            counters),
        Encoders.row(schema.schema()));
  }

  private Dataset<Row> generate(Dataset<Row> plan, FakeLoader loader) {
    return generate(plan, loader, Counters.register(spark.sparkContext(), "test"));
  }

  @Test
  void theSameTokensWhateverThePartitions() {
    FakeLoader loader = new FakeLoader("partitions");
    List<Row> one = tokens(generate(plan(30, 1), loader));
    List<Row> seven = tokens(generate(plan(30, 7), loader));
    assertThat(one).hasSize(90).isEqualTo(seven);
    assertThat(one.stream().map(row -> row.getList(2)).distinct().count()).isGreaterThan(60);
  }

  private static List<Row> tokens(Dataset<Row> rows) {
    return rows.select("id", "sequence_index", "token_ids", "completion")
        .orderBy("id", "sequence_index")
        .collectAsList();
  }

  @Test
  void logprobsAreANestedColumnAndARowMayAskForThemAlone() {
    StructType planned = PlanColumn.schema(List.of());
    List<Row> plan =
        List.of(
            RowFactory.create("a", "p", null, "ha", 3, new int[] {1}, 0.5, null, null),
            RowFactory.create("b", "p", "{logprobs: 2}", "hb", 3, new int[] {1}, 0.5, null, null));
    Dataset<Row> rows =
        generate(spark.createDataFrame(plan, planned), new FakeLoader("logprobs")).cache();
    rows.select("id", "status", "error_message").show(20, false);
    assertThat(rows.filter("id = 'a' and logprobs is null").count()).isEqualTo(3);
    List<Row> asked =
        rows.filter("id = 'b'")
            .selectExpr(
                "token_ids = transform(logprobs, x -> x.token_id)",
                "abs(cumulative_logprob - aggregate(logprobs, 0d, (s, x) -> s + x.logprob)) < 1e-4",
                "forall(logprobs, x -> size(x.top_logprobs) = 2"
                    + " and x.top_logprobs[0].logprob >= x.top_logprobs[1].logprob)")
            .collectAsList();
    assertThat(asked).hasSize(3).allMatch(row -> row.equals(RowFactory.create(true, true, true)));
  }

  @Test
  void oneEngineForAllTasksOfTheJvm() {
    FakeLoader loader = new FakeLoader("one engine");
    assertThat(generate(plan(40, 8), loader).count()).isEqualTo(120);
    assertThat(generate(plan(40, 8), loader).count()).isEqualTo(120);
    assertThat(loader.state().engines).hasValue(1);
    // Another model closes it.
    assertThat(generate(plan(1, 1), new FakeLoader("another")).count()).isEqualTo(3);
    assertThat(generate(plan(1, 1), loader).count()).isEqualTo(3);
    assertThat(loader.state().engines).hasValue(2);
  }

  /** Passes rows on and counts them. */
  private static final class Counting implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          READ.incrementAndGet();
          return rows.next();
        }
      };
    }
  }

  /** Passes output rows on and notes how far reading is ahead of them. */
  private static final class Watching implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      int[] taken = {0};
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          Row row = rows.next();
          taken[0]++;
          MOST_OPEN.accumulateAndGet(READ.get() - taken[0] / 3, Math::max);
          return row;
        }
      };
    }
  }

  @Test
  void aPartitionLargerThanTheWindowStreams() {
    Dataset<Row> plan =
        plan(3000, 1).mapPartitions(new Counting(), Encoders.row(PlanColumn.schema(List.of())));
    READ.set(0);
    MOST_OPEN.set(0);
    Dataset<Row> rows =
        generate(plan, new FakeLoader("stream"))
            .mapPartitions(new Watching(), Encoders.row(schema.schema()));
    assertThat(rows.count()).isEqualTo(9000);
    int window = GeneratePartition.windowSequences(FakeLoader.MAX_SEQUENCES);
    assertThat(window).isEqualTo(8);
    // Rows with the engine, and those whose completions wait to be taken.
    assertThat(MOST_OPEN.get()).isBetween(2, 2 * window);
  }

  @Test
  void killingOneJobLeavesTheOther() throws Exception {
    FakeLoader loader = new FakeLoader("kill");
    loader.state().stepMs = 20;
    var context = spark.sparkContext();
    Thread victim =
        new Thread(
            () -> {
              context.setJobGroup("victim", "to be killed", true);
              try {
                generate(plan(10_000, 1), loader).count();
              } catch (Exception e) {
                assertThat(e).hasMessageContaining("cancelled");
              }
            });
    victim.start();
    long deadline = System.nanoTime() + 20_000_000_000L;
    while ((loader.state().model == null || loader.state().model.steps < 5)
        && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    context.cancelJobGroup("victim");
    long start = System.nanoTime();
    List<Row> other = tokens(generate(plan(10, 1), loader));
    victim.join(10_000);
    assertThat(victim.isAlive()).isFalse();
    assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
    loader.state().stepMs = 0;
    assertThat(other).isEqualTo(tokens(generate(plan(10, 1), loader)));
    assertThat(loader.state().engines).hasValue(1);
  }

  @Test
  void liveSumsGrowWhileTasksRunAndEndExact() throws Exception {
    FakeLoader loader = new FakeLoader("live");
    // Several heartbeats, at 200 ms each, come before the end.
    loader.state().stepMs = 80;
    Counters counters = Counters.register(spark.sparkContext(), "live");
    LiveSums sums = new LiveSums(counters);
    spark.sparkContext().addSparkListener(sums);
    Thread job = new Thread(() -> generate(plan(100, 1), loader, counters).count());
    job.start();
    Sums during = Sums.ZERO;
    while (job.isAlive()) {
      if (during.rows() == 0) {
        during = sums.now();
      }
      Thread.sleep(5);
    }
    assertThat(during.rows()).isBetween(1L, 99L);
    assertThat(during.tokens()).isPositive();
    for (int i = 0; i < 500 && sums.now().rows() < 100; i++) {
      Thread.sleep(10);
    }
    assertThat(sums.now().rows()).isEqualTo(100);
    assertThat(sums.now().completions()).isEqualTo(300);
    assertThat(sums.now().errors()).isZero();
    assertThat(sums.now().tokens()).isEqualTo(1200);
    assertThat(sums.now().deviceMicros()).isPositive();
    spark.sparkContext().removeSparkListener(sums);
  }
}
