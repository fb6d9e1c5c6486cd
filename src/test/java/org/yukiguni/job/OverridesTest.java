package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OverridesTest {
  private static final String YAML = Jobs.MINIMAL + "generation: { n: 3, seed: 1 }\n";

  @Test
  void replaceAddAndUnset() {
    Job job =
        JobReader.parse(
            YAML,
            List.of("generation.seed=7", "generation.top_p=1e-1", "run.chunk_rows=5", "name=b c"));
    assertThat(job.generation().seed()).isEqualTo(7);
    assertThat(job.generation().topP()).isEqualTo(0.1);
    assertThat(job.run().chunkRows()).isEqualTo(new AutoCount(5));
    assertThat(job.name()).isEqualTo("b c");
    assertThat(JobReader.parse(YAML, List.of("generation.seed=")).generation().seed()).isNull();
  }

  @Test
  void theLastOneCounts() {
    assertThat(Jobs.with("name=a", "name=b").name()).isEqualTo("b");
  }

  @Test
  void anAliasReplacesTheKeyItStandsFor() {
    assertThat(numReturnSequences("generation.num_return_sequences=4")).isEqualTo(4);
    assertThat(numReturnSequences("generation.n=5")).isEqualTo(5);
  }

  @Test
  void anEmptyFileMayBeFilledByOverrides() {
    Job job =
        JobReader.parse(
            "",
            List.of(
                "name=x",
                "input={sql: select 1}",
                "prompt.column=p",
                "model.path=m",
                "output.path=o"));
    assertThat(job.input().sql()).isEqualTo("select 1");
  }

  private static int numReturnSequences(String override) {
    return JobReader.parse(YAML, List.of(override)).generation().numReturnSequences();
  }
}
