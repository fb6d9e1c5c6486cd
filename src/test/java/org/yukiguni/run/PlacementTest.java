package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;

/** A model that no executor can open is refused before anything is planned. */
final class PlacementTest {
  @TempDir Path folder;
  private TestRun test;

  @BeforeEach
  void prepare() {
    test =
        new TestRun(folder.resolve("out"))
            .withRows(List.of(RowFactory.create("a", "prompt", null, "k")));
  }

  @Test
  void aDeviceThatIsNotThere() throws Exception {
    assertRefused(
        test.on("cuda:0"),
        "model: Cannot run on cuda:0 because this libtorch has no CUDA; put a CUDA build of libtorch"
            + " on the executors, or set model.device: cpu");
    assertRefused(
        test.on("cuda"),
        "model: Cannot run on cuda because Spark granted the task no GPU; set"
            + " spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount (see"
            + " conf/spark-gpu.conf), or name one as model.device: cuda:0");
  }

  @Test
  void aModelThatIsTooLarge() throws Exception {
    test.loader().state().refusal = "Cannot load it";
    assertRefused(test, "model: Cannot load it");
    test.loader().state().refusal = null;
    assertThat(test.run()).isEqualTo(ExitCode.OK);
  }

  private void assertRefused(TestRun run, String message) throws Exception {
    assertThatThrownBy(run::run).isInstanceOf(InvalidJobException.class).hasMessage(message);
    assertThat(run.loader().state().codecs).hasValue(0);
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(file -> file.endsWith(".parquet"));
    }
  }
}
