package org.yukiguni.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.run.DryRun;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.GenerateRun;
import org.yukiguni.spark.LocalSpark;

/**
 * The job files of the repository, each run as it is on a stand-in for its model ({@link StandIn});
 * only where the model, the adapter and the output lie is overridden.
 */
class JobFilesTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private List<Row> run(String file, StandIn model, String... overrides) throws IOException {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("output.path=" + folder.resolve("out"));
    if (model != null) {
      all.add("model.path=" + model.write(folder.resolve("model")));
    }
    Job job = JobReader.read(Path.of("jobs", file), all);
    ExitCode code =
        new GenerateRun(
                LocalSpark.session(),
                Requests.of(job),
                new PrintStream(printed, true, UTF_8),
                Optional::empty)
            .showing(ProgressMode.NONE)
            .run();
    assertThat(code).as(printed.toString(UTF_8)).isEqualTo(ExitCode.OK);
    return LocalSpark.session()
        .read()
        .parquet(folder.resolve("out").toString())
        .orderBy("id", "sequence_index")
        .collectAsList();
  }

  private static String prompt(List<Row> rows, String id) {
    return rows.stream()
        .filter(row -> row.getAs("id").equals(id))
        .findFirst()
        .orElseThrow()
        .getAs("prompt");
  }

  private static void areCompletions(List<Row> rows, int expected, int maxTokens) {
    assertThat(rows).hasSize(expected);
    for (Row row : rows) {
      assertThat(row.<String>getAs("error_message")).isNull();
      assertThat(row.<Integer>getAs("completion_tokens")).isBetween(1, maxTokens);
    }
  }

  @Test
  void rinnaGpt1b() throws IOException {
    // The stand-in has 128 positions and a coarse tokenizer, so short prompts.
    Path prompts = folder.resolve("prompts.jsonl");
    Files.writeString(
        prompts, "{\"id\": \"a\", \"prompt\": \"雪の夜に、\"}\n{\"id\": \"b\", \"prompt\": \"港の朝\"}\n");
    List<Row> rows = run("rinna-gpt-1b.yaml", StandIn.RINNA_1B, "input.path=" + prompts);
    areCompletions(rows, 6, 100);
    for (Row row : rows) {
      int length = row.<Integer>getAs("prompt_tokens") + row.<Integer>getAs("completion_tokens");
      assertThat(length).isBetween(50, 100);
    }
    assertThat(rows.stream().map(row -> row.getAs("completion")).distinct()).hasSize(6);
  }

  @Test
  void rinnaNeox() throws IOException {
    List<Row> rows = run("rinna-neox-3.6b-sft-v2.yaml", StandIn.RINNA_NEOX);
    areCompletions(rows, 4, 256);
    assertThat(prompt(rows, "c2"))
        .isEqualTo("ユーザー: 短い手紙を書きたいです。<NL>システム: どなたに送る手紙ですか？<NL>" + "ユーザー: 祖母に、春のあいさつを。<NL>システム: ");
    assertThat(prompt(rows, "c3")).contains("してください。<NL>朝起きて");
    assertThat(printed.toString(UTF_8))
        .startsWith("first prompt c1, ")
        .contains("ユーザー: 雪国の冬の楽しみを三つ教えてください。<NL>システム: \n");
  }

  @Test
  void rinnaNeoxInt8() throws IOException {
    List<Row> rows = run("rinna-neox-3.6b-int8-cpu.yaml", StandIn.RINNA_NEOX);
    areCompletions(rows, 4, 256);
    assertThat(rows.get(0).<Long>getAs("seed")).isZero();
    assertThat(rows.get(0).<String>getAs("device")).isEqualTo("cpu");
  }

  @Test
  void rinnaBilingual() throws IOException {
    List<Row> rows = run("rinna-bilingual-4b-8bit.yaml", StandIn.RINNA_BILINGUAL);
    areCompletions(rows, 4, 512);
    assertThat(prompt(rows, "c3"))
        .startsWith("ユーザー: 次の文を")
        .contains("ください。\n朝")
        .endsWith("\nシステム: ");
  }

  @Test
  void swallowAlpaca() throws IOException {
    List<Row> rows = run("swallow-7b-alpaca.yaml", StandIn.SWALLOW);
    areCompletions(rows, 4, 128);
    assertThat(prompt(rows, "i1")).contains("### 入力:\n昨夜から").endsWith("。\n\n### 応答:");
    assertThat(prompt(rows, "i2")).doesNotContain("### 入力:");
    assertThat(prompt(rows, "i4")).doesNotContain("### 入力:");
  }

  @Test
  void swallowLora() throws IOException {
    String adapter = Path.of("src/test/resources/fixtures/llama-lora/adapter").toString();
    List<Row> rows = run("swallow-7b-lora.yaml", StandIn.SWALLOW_BASE, "model.adapter=" + adapter);
    areCompletions(rows, 4, 1024);
    assertThat(prompt(rows, "i3")).contains("### Input:\n灯台、猫、夕方").endsWith("### Response:\n");
    assertThat(rows.get(0).<String>getAs("adapter")).startsWith(adapter + "@");
  }

  @Test
  void openAiBatch() throws IOException {
    List<Row> rows = run("openai-batch.yaml", null);
    assertThat(rows).hasSize(7);
    Map<String, JsonNode> output = lines("output.jsonl");
    assertThat(output.keySet()).containsExactlyInAnyOrder("chat-1", "chat-2", "chat-3", "text-1");
    JsonNode chat = output.get("chat-3");
    assertThat(chat.get("error").isNull()).isTrue();
    assertThat(chat.get("id").asText()).startsWith("batch_req_");
    assertThat(chat.at("/response/status_code").asInt()).isEqualTo(200);
    JsonNode body = chat.at("/response/body");
    assertThat(body.get("object").asText()).isEqualTo("chat.completion");
    assertThat(body.get("model").asText()).isEqualTo("data/models/yukiguni-mini");
    assertThat(body.get("choices")).hasSize(3);
    int generated = 0;
    for (int i = 0; i < 3; i++) {
      JsonNode choice = body.get("choices").get(i);
      Row row = rows.get(2 + i);
      assertThat(choice.get("index").asInt()).isEqualTo(i);
      assertThat(choice.at("/message/role").asText()).isEqualTo("assistant");
      assertThat(choice.at("/message/content").asText()).isEqualTo(row.getAs("completion"));
      assertThat(choice.get("finish_reason").asText()).isEqualTo(row.getAs("finish_reason"));
      generated += row.<Integer>getAs("completion_tokens");
    }
    JsonNode usage = body.get("usage");
    assertThat(usage.get("completion_tokens").asInt()).isEqualTo(generated);
    assertThat(usage.get("total_tokens").asInt())
        .isEqualTo(usage.get("prompt_tokens").asInt() + generated);
    // Greedy, and cut at the stop string, which our own column keeps.
    assertThat(rows.get(1).<String>getAs("completion")).contains("。");
    assertThat(output.get("chat-2").at("/response/body/choices/0/message/content").asText())
        .isNotEmpty()
        .doesNotContain("。");
    JsonNode text = output.get("text-1").at("/response/body");
    assertThat(text.get("object").asText()).isEqualTo("text_completion");
    assertThat(text.at("/choices/0/text").asText()).isNotEmpty();
    JsonNode failed = lines("errors.jsonl").get("chat-tools");
    assertThat(failed.at("/response/status_code").asInt()).isEqualTo(400);
    assertThat(failed.at("/response/body/error/code").asText()).isEqualTo("request");
    assertThat(failed.at("/response/body/error/message").asText())
        .isEqualTo("Cannot answer the request because body.tools is not supported; remove it");
  }

  /** The lines of one of OpenAI's files by custom_id. */
  private Map<String, JsonNode> lines(String name) throws IOException {
    Path file;
    try (Stream<Path> all = Files.walk(folder.resolve("out"))) {
      file = all.filter(path -> path.endsWith(name)).findFirst().orElseThrow();
    }
    assertThat(printed.toString(UTF_8)).contains(file.getParent().toString());
    Map<String, JsonNode> lines = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode json = new ObjectMapper().readTree(line);
      assertThat(lines.put(json.get("custom_id").asText(), json)).isNull();
    }
    return lines;
  }

  @Test
  void aDryRunShowsAPromptAndCountsTokens() throws IOException {
    Path prompts = folder.resolve("prompts.jsonl");
    Files.writeString(
        prompts,
        "{\"id\": \"a\", \"prompt\": \"雪\\t夜\"}\n{\"id\": \"b\", \"prompt\": null}\n"
            + "{\"id\": \"c\", \"prompt\": \"%s\"}\n".formatted("雪国".repeat(3000)));
    Job job =
        JobReader.read(
            Path.of("jobs/quickstart.yaml"),
            List.of(
                "input.path=" + prompts, "input.keep=[]", "output.path=" + folder.resolve("out")));
    ExitCode code =
        new DryRun(LocalSpark.session(), Requests.of(job), new PrintStream(printed, true, UTF_8))
            .run(Requests.contextLength(job));
    assertThat(code).isEqualTo(ExitCode.OK);
    assertThat(printed.toString(UTF_8))
        .matches("(?s)first prompt a, \\d+ tokens: 雪\\\\t夜\n.*")
        .contains("rows         3 in, 9 expected")
        .contains("too long     1 prompts of more than ")
        .contains("errors       1 rows")
        .contains("error        prompt_null in 1 rows, such as b: Cannot generate because the");
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
