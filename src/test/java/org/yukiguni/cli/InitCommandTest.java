package org.yukiguni.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InputFormat;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.prompt.InputProbe;
import org.yukiguni.spark.LocalSpark;

final class InitCommandTest {
  @TempDir Path folder;

  private JobDraft draft(String file, String contents, InputFormat format) throws Exception {
    return draft(file, contents, format, "data/models/yukiguni-mini", false);
  }

  private JobDraft draft(
      String file, String contents, InputFormat format, String model, boolean hasChatTemplate)
      throws Exception {
    Path path = Files.writeString(folder.resolve(file), contents);
    return new JobDraft(
        "mine",
        format,
        path.toString(),
        model,
        512,
        hasChatTemplate,
        InputProbe.of(LocalSpark.session(), format, path.toString()));
  }

  private static Job job(JobDraft draft) {
    return JobReader.parse(draft.yaml(), List.of());
  }

  @Test
  void findsPromptIdAndWhatIsWorthKeeping() throws Exception {
    String rows =
        IntStream.range(0, 50)
            .mapToObj(
                i ->
                    "{\"nr\": %d, \"doc_id\": %d, \"Question\": \"q %d?\", \"kind\": \"k%d\", \"note\": \"%s\"}"
                        .formatted(i % 7, i, i, i % 3, "long ".repeat(20) + i))
            .collect(Collectors.joining("\n"));
    Job job = job(draft("rows.jsonl", rows, InputFormat.JSONL));
    assertThat(job.prompt().column()).isEqualTo("Question");
    assertThat(job.input().id()).isEqualTo("doc_id");
    assertThat(job.input().keep()).containsExactly("kind");
    assertThat(job.generation().maxNewTokens()).isEqualTo(128);
  }

  @Test
  void anInstructionWithAnInputBecomesATemplate() throws Exception {
    Job job =
        job(
            draft(
                "alpaca.csv",
                "instruction,input,output\nsum up,a text,out\nsay hello,,out\n",
                InputFormat.CSV));
    assertThat(job.prompt().template()).isEqualTo("{instruction}\n{input}\n");
    assertThat(job.input().id()).isNull();
  }

  @Test
  void aColumnWithoutANameOfPromiseIsTakenByItsText() throws Exception {
    JobDraft draft =
        draft(
            "odd.csv",
            "id,\"a: \"\"b\"\" #c\",short\n1,a rather long text of some kind,x\n1,another long text,y\n",
            InputFormat.CSV);
    Job job = job(draft);
    assertThat(job.prompt().column()).isEqualTo("a: \"b\" #c");
    assertThat(job.input().id()).as("doubled ids are no ids").isNull();
    assertThat(job.input().path()).isEqualTo(folder.resolve("odd.csv").toString());
  }

  @Test
  void aModelWithAChatTemplateGetsItsColumnAsTheUsersMessage() throws Exception {
    Job job = job(draft("q.csv", "question\nWhy?\n", InputFormat.CSV, "Qwen/Qwen3-0.6B", true));
    assertThat(job.prompt().column()).isEqualTo("question");
    assertThat(job.prompt().template()).isEqualTo("chat");
  }

  @Test
  void conversationsAreFoundAsStructsAndAsText() throws Exception {
    String structs =
        "{\"id\": 1, \"text\": \"a long text\", \"talk\": [{\"role\": \"user\", \"content\": \"a\"}]}";
    Job job = job(draft("talk.jsonl", structs, InputFormat.JSONL, "Qwen/Qwen3-0.6B", true));
    assertThat(job.prompt().messages()).isEqualTo("talk");
    assertThat(job.prompt().column()).isNull();
    assertThat(job.prompt().template()).isEqualTo("chat");

    String text =
        "id,other,said\n1,hello,\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"a\"\"}]\"\n";
    job = job(draft("talk.csv", text, InputFormat.CSV));
    assertThat(job.prompt().messages()).isEqualTo("said");
    assertThat(job.prompt().template()).as("the model has none").isEqualTo("plain");
  }

  @Test
  void aFamilysTemplateIsProposedByTheModelsName() throws Exception {
    String rows = "instruction,input,output\nsum up,a text,out\nsay hello,,out\n";
    Job swallow =
        job(draft("a.csv", rows, InputFormat.CSV, "tokyotech-llm/Swallow-7b-instruct-hf", false));
    assertThat(swallow.prompt().template()).isEqualTo("alpaca-ja");
    assertThat(swallow.prompt().column()).isEqualTo("instruction");
    assertThat(swallow.prompt().input()).isEqualTo("input");
    String rinna = "/models/japanese-gpt-neox-3.6b-instruction-sft-v2";
    assertThat(job(draft("q.csv", "q\nWhy?\n", InputFormat.CSV, rinna, false)).prompt().template())
        .isEqualTo("rinna-dialogue");
    String base = "rinna/japanese-gpt-neox-3.6b";
    assertThat(job(draft("q.csv", "q\nWhy?\n", InputFormat.CSV, base, false)).prompt().template())
        .isNull();
  }

  @Test
  void aBatchFileIsNotTakenForATableOfTexts() throws Exception {
    JobDraft draft =
        draft(
            "batch.jsonl",
            Files.readString(Path.of("data/prompts/openai-batch.jsonl")),
            InputFormat.JSONL);
    assertThatThrownBy(draft::yaml).hasMessageContaining("take jobs/openai-batch.yaml");
  }

  @Test
  void aDatasetWithoutTextIsRefused() throws Exception {
    JobDraft draft = draft("numbers.jsonl", "{\"a\": 1}\n{\"a\": 2}\n", InputFormat.JSONL);
    assertThatThrownBy(draft::yaml)
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("none of its columns a holds texts");
  }

  @Test
  void theCommandWritesAJobThatNamesTheNextCommand() throws Exception {
    LocalSpark.session();
    Path file = folder.resolve("mine.yaml");
    PrintStream stdout = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      String[] init = {
        "init",
        "data/prompts/quickstart.jsonl",
        "data/models/yukiguni-mini",
        "--job",
        file.toString()
      };
      assertThat(Yukiguni.execute(init)).isZero();
      assertThat(Yukiguni.execute(init)).as("it is there already").isEqualTo(1);
    } finally {
      System.setOut(stdout);
    }
    assertThat(out.toString(UTF_8))
        .contains("column prompt;", "column id", "template none", "Next: generate " + file);
    Job job = JobReader.read(file, List.of());
    assertThat(job.input().keep()).containsExactly("category");
    assertThat(job.model().path()).isEqualTo("data/models/yukiguni-mini");
  }
}
