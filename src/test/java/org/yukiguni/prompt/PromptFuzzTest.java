package org.yukiguni.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yukiguni.fuzz.Fuzzer;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.PromptTemplate;
import org.yukiguni.job.RowSettings;
import org.yukiguni.job.TestSettings;
import org.yukiguni.spark.LocalSpark;

/** Damaged inputs: each line becomes a row with a prompt, or one that says why it has none. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PromptFuzzTest extends PromptFixture {
  private static final List<byte[]> REQUESTS =
      List.of(
          bytes(
              """
              {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "m",
               "messages": [{"role": "developer", "content": "be brief"}, {"role": "user", "content":
               [{"type": "text", "text": "雪"}, {"type": "text", "text": "国"}]}], "temperature": 0.5,
               "max_completion_tokens": 9, "top_p": 0.9, "n": 2, "stop": ["x", "y"], "logprobs": true,
               "top_logprobs": 3, "seed": 7, "response_format": {"type": "text"}, "stream": false}}
              """),
          bytes(
              """
              {"custom_id": "b", "method": "POST", "url": "/v1/completions", "body": {"model": "m",
               "prompt": ["one"], "temperature": 0, "max_tokens": 5, "presence_penalty": 0.1,
               "frequency_penalty": -0.2, "logprobs": 2, "echo": false, "best_of": 1, "user": "u"}}
              """));

  private static final int FILES = 3;
  private static final int LINES = 200;

  private static final RowSettings SETTINGS =
      TestSettings.rows("{max_new_tokens: 6, do_sample: true, seed: 1}");

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** A row's error, as an exception that counts as an input that was refused. */
  private static final class Refused extends RuntimeException {
    private Refused(String message) {
      super(message);
    }
  }

  private static void use(byte[] line) {
    Row request = new ReadRequest(false).call(new String(line, UTF_8));
    String corrupt = request.getString(6);
    String error = request.getString(5);
    if (corrupt != null || error != null) {
      throw new Refused(corrupt == null ? error : "corrupt");
    }
    // What the rows' settings are checked by before anything is generated.
    SETTINGS.config(request.getString(4));
    if (request.isNullAt(2)) {
      assertThat(request.getString(3)).isNotNull();
    } else {
      word(request.getString(2));
    }
  }

  private static void word(String messages) {
    Row worded =
        new RenderConversation(
                new Wording(
                    MODEL.chatTemplate().orElseThrow(), Map.of("bos_token", "<s>"), "s", NOW))
            .call(messages, null);
    if (!worded.isNullAt(2)) {
      throw new Refused(worded.getString(2));
    }
  }

  private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 1, 0, 0);

  @Test
  void requests() {
    Fuzzer.run("batch file", REQUESTS, 6_000, PromptFuzzTest::use, OWN);
    Fuzzer.runJson("batch file", REQUESTS, 6_000, PromptFuzzTest::use, OWN);
  }

  private static final Class<?>[] OWN = {Refused.class, InvalidJobException.class};

  @Test
  void messages() {
    List<byte[]> seeds =
        List.of(
            bytes(
                """
                [{"role": "system", "content": "s"}, {"role": "user", "content": "雪", "n": {"k": [1, 2.5,
                 null, true]}}, {"role": "assistant", "content": "c", "tool_calls": []}]
                """));
    Fuzzer.run("messages", seeds, 6_000, input -> word(new String(input, UTF_8)), OWN);
    Fuzzer.runJson("messages", seeds, 6_000, input -> word(new String(input, UTF_8)), OWN);
  }

  @Test
  void templates() {
    Fuzzer.run(
        "prompt.template",
        List.of(bytes("{a} and {{b}} and {column with blanks}")),
        20_000,
        input -> PromptTemplate.parse(new String(input, UTF_8)),
        IllegalArgumentException.class);
  }

  /** Through Spark's readers: a file with some damaged lines is read, or refused in a sentence. */
  @Test
  void files() throws Exception {
    filesOf("jsonl", bytes("{\"id\": \"1\", \"prompt\": \"雪 \\\"x\\\"\", \"n\": 1}"));
    filesOf("csv", bytes("1,\"雪, \"\"x\"\"\",7"));
    filesOf("openai-batch", oneLine(REQUESTS.get(0)));
  }

  private void filesOf(String format, byte[] sound) throws Exception {
    int read = 0;
    int withPrompt = 0;
    for (int file = 0; file < FILES; file++) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      text.writeBytes(format.equals("csv") ? bytes("id,prompt,n\n") : sound);
      text.write('\n');
      for (byte[] line : Fuzzer.damaged(List.of(sound), LINES, file)) {
        text.writeBytes(oneLine(line));
        text.write('\n');
      }
      Path path = Files.write(folder.resolve(format + file), text.toByteArray());
      boolean isBatch = format.equals("openai-batch");
      Job job =
          job(
              path.toString(),
              "input={format: %s, path: %s}".formatted(format, path),
              isBatch ? "prompt={}" : "prompt={column: prompt}");
      try {
        Source source = Source.open(LocalSpark.session(), job.input(), false);
        List<Row> rows = new PromptColumns(source, job, MODEL).select().collectAsList();
        read++;
        for (Row row : rows) {
          // A request without custom_id is refused later, by name.
          assertThat(isBatch || row.getAs("id") != null).isTrue();
          withPrompt += row.getAs("prompt") == null ? 0 : 1;
        }
        if (!format.equals("csv")) {
          // A field of a CSV file may hold line breaks.
          assertThat(rows).as(format + file).hasSizeGreaterThan(LINES * 9 / 10);
        }
      } catch (InvalidJobException e) {
        assertThat(e.problems()).isNotEmpty();
      }
    }
    System.out.printf(
        "fuzz %s files: %d files of %d lines, %d files read, %d prompts%n",
        format, FILES, LINES, read, withPrompt);
    assertThat(read).isPositive();
    assertThat(withPrompt).isPositive();
  }

  private static byte[] oneLine(byte[] text) {
    return bytes(new String(text, UTF_8).replace("\n", "").replace("\r", ""));
  }
}
