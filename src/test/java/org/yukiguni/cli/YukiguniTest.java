package org.yukiguni.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.RunBrokenException;

final class YukiguniTest {
  private final PrintStream stdout = System.out;
  private final PrintStream stderr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(stdout);
    System.setErr(stderr);
  }

  @Test
  void helpShowsTheCommandsAndTheExitCodes() {
    assertThat(Yukiguni.execute("--help")).isZero();
    assertThat(out.toString(UTF_8)).contains("generate", "report", "download", "3  the run broke");
    assertThat(Yukiguni.execute("--version")).isZero();
    assertThat(out.toString(UTF_8)).contains("Spark 4.");
  }

  @Test
  void wrongArgumentsAreOneSentence() {
    assertThat(Yukiguni.execute("generate")).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .singleElement()
        .satisfies(line -> assertThat(line).contains("jobs/quickstart.yaml", "init DATASET MODEL"));
    assertThat(Yukiguni.execute("generate", "--colour", "job.yaml")).isEqualTo(1);
    assertThat(Yukiguni.execute("repotr", "target/quickstart")).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .hasSize(3)
        .anyMatch(line -> line.contains("--colour") && line.endsWith("; generate --help says more"))
        .anyMatch(line -> line.contains("repotr") && line.endsWith("; did you mean report?"));
  }

  @Test
  void aBenchmarkOnADeviceThatIsNotThereIsOneSentence() {
    assertThat(Yukiguni.execute("bench", "data/models/yukiguni-mini", "--device", "cuda:0"))
        .isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .filteredOn(line -> !line.contains("WARN"))
        .singleElement()
        .asString()
        .startsWith("Cannot use cuda:0 because this is libtorch 2.7.1 without CUDA");
    err.reset();
    assertThat(Yukiguni.execute("bench", "data/models/yukiguni-mini", "--dtype", "float16"))
        .isEqualTo(1);
    assertThat(err.toString(UTF_8)).startsWith("--dtype must be float32 on the CPU");
  }

  @Test
  void withoutACommandTheHelpShowsHowToBegin() {
    assertThat(Yukiguni.execute()).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("Usage: yukiguni", "init DATASET MODEL");
  }

  @Test
  void shellsCompleteCommandsAndOptions() {
    assertThat(Yukiguni.execute("generate-completion")).isZero();
    assertThat(out.toString(UTF_8)).contains("#!/usr/bin/env bash", "--progress", "--against");
  }

  @Test
  void whatATerminalWouldObeyIsNotPrinted() {
    assertThat(Problems.tell(new InvalidJobException("id \u001b[2J\u202e")))
        .isEqualTo(ExitCode.WRONG_JOB);
    assertThat(err.toString(UTF_8)).doesNotContain("\u001b").doesNotContain("\u202e");
  }

  @Test
  void aMissingJobFileIsOneSentenceAndNoStackTrace() {
    String missing = folder.resolve("no.yaml").toString();
    assertThat(Yukiguni.execute("generate", missing)).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains(missing).doesNotContain("\tat ");
    assertThat(err.toString(UTF_8).lines()).hasSize(1);
  }

  @Test
  void everyWrongJobFileIsNamedBeforeAnythingRuns() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "name: wrong\ncolour: red\n");
    String missing = folder.resolve("no.yaml").toString();
    assertThat(Yukiguni.execute("generate", wrong.toString(), missing)).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("colour").contains(missing);
  }

  @Test
  void aModelThatCannotBeDownloadedIsOneSentence() {
    assertThat(Yukiguni.execute("download", "/no/such/model")).isEqualTo(1);
    assertThat(Yukiguni.execute("download", "org/name", "--revision", "../x")).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("Cannot find model /no/such/model because there is no folder");
    String mini = Path.of("data/models/yukiguni-mini").toString();
    assertThat(Yukiguni.execute("download", mini)).isZero();
    assertThat(out.toString(UTF_8).strip()).isEqualTo(Path.of(mini).toAbsolutePath().toString());
  }

  @Test
  void problemsHaveTheirExitCodes() {
    assertThat(Problems.tell(new InvalidJobException("a"))).isEqualTo(ExitCode.WRONG_JOB);
    assertThat(Problems.tell(new RunBrokenException("b"))).isEqualTo(ExitCode.BROKEN);
    Exception unforeseen =
        new IllegalStateException("outer", new RuntimeException("inner\n\tat x"));
    assertThat(Problems.tell(unforeseen)).isEqualTo(ExitCode.BROKEN);
    assertThat(err.toString(UTF_8).lines()).contains("a", "b", "inner");
  }
}
