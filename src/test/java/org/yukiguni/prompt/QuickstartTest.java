package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;
import org.yukiguni.job.GenerationResolver;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.job.ResolvedGeneration;
import org.yukiguni.spark.LocalSpark;

/** The job in the repository that everybody runs first. */
class QuickstartTest {
  private static final Job JOB = JobReader.read(Path.of("jobs/quickstart.yaml"), List.of());

  @Test
  void asksForThreeSampledCompletions() {
    ResolvedGeneration resolved =
        GenerationResolver.resolve(JOB, Path.of(JOB.model().path()), List.of());
    GenerationConfig config = resolved.config();
    assertThat(config.sampling()).isEqualTo(new Sampling(true, 0.8, 50, 0.95, 0, 1, 0, 0));
    assertThat(config.penalties()).isEqualTo(new Penalties(1.1, 0, 0, 0));
    assertThat(config.numReturnSequences()).isEqualTo(3);
    assertThat(config.seed()).isEqualTo(42);
    assertThat(config.eosTokenIds()).containsExactly(3);
    assertThat(resolved.warnings()).isEmpty();
    assertThat(JOB.output().path()).isEqualTo("target/quickstart");
  }

  @Test
  void hasPromptsOfEveryCategory() {
    Dataset<Row> all = prompts("data/prompts/yukiguni-mini.jsonl");
    Dataset<Row> chosen = prompts("data/prompts/quickstart.jsonl");
    assertThat(all.count()).isEqualTo(200);
    assertThat(chosen.count()).isBetween(40L, 60L);
    assertThat(chosen.filter("prompt is null or prompt = ''").count()).isZero();
    assertThat(chosen.except(all).count()).as("prompts that are not in the full list").isZero();
    assertThat(categories(chosen)).containsExactlyInAnyOrderElementsOf(categories(all));
  }

  private static Dataset<Row> prompts(String path) {
    Job job = JobReader.read(Path.of("jobs/quickstart.yaml"), List.of("input.path=" + path));
    return PromptReader.read(LocalSpark.session(), job, PromptFixture.MODEL);
  }

  private static List<String> categories(Dataset<Row> prompts) {
    return prompts.select("category").distinct().collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
