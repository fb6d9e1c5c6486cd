package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yukiguni.job.Job;

/** Files for OpenAI's Batch API as input. */
class BatchRequestTest extends PromptFixture {
  private static final String CHAT =
      "{\"custom_id\": \"c\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\", \"body\": %s}\n";
  private static final String TEXT =
      "{\"custom_id\": \"t\", \"method\": \"POST\", \"url\": \"/v1/completions\", \"body\": %s}\n";
  private static final String HELLO =
      "\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]";

  private List<Row> read(String lines, String... overrides) {
    String[] all = new String[overrides.length + 2];
    all[0] = "prompt={}";
    all[1] = "input={format: openai-batch, path: " + write("batch.jsonl", lines) + "}";
    System.arraycopy(overrides, 0, all, 2, overrides.length);
    Job job = job("unused", all);
    return prompts(job).orderBy("id").collectAsList();
  }

  private Row one(String lines, String... overrides) {
    List<Row> rows = read(lines, overrides);
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  @Test
  void bothEndpoints() {
    List<Row> rows =
        read(
            CHAT.formatted("{\"model\": \"gpt-4o\", " + HELLO + ", \"temperature\": 0.5, \"n\": 2}")
                + "\n"
                + TEXT.formatted(
                    "{\"prompt\": \"Once\", \"stop\": [\"a\", \"b\"], \"user\": \"u\"}"));
    assertThat(rows.get(0).<String>getAs("prompt")).isEqualTo("<s><user>hello<assistant>");
    assertThat(rows.get(0).<String>getAs("__generation"))
        .isEqualTo("{\"temperature\":0.5,\"n\":2}");
    assertThat(rows.get(0).<Boolean>getAs("__add_special_tokens")).isFalse();
    assertThat(rows.get(0).<String>getAs("url")).isEqualTo("/v1/chat/completions");
    assertThat(rows.get(1).<String>getAs("prompt")).isEqualTo("Once");
    assertThat(rows.get(1).<String>getAs("__generation"))
        .isEqualTo("{\"stop\":[\"a\",\"b\"],\"max_tokens\":16}");
    assertThat(rows.get(1).<Boolean>getAs("__add_special_tokens")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"temperature\": 0         | {\"do_sample\":false}",
        "\"max_completion_tokens\": 7, \"seed\": 3 | {\"seed\":3,\"max_tokens\":7}",
        "\"logprobs\": true, \"top_logprobs\": 2 | {\"logprobs\":2}",
        "\"logprobs\": true         | {\"logprobs\":0}",
        "\"logprobs\": false        | {}",
        "\"stream\": false, \"tools\": [], \"response_format\": {\"type\": \"text\"}, \"logit_bias\": {} | {}",
        "\"store\": true, \"metadata\": {\"a\": \"b\"}, \"service_tier\": \"flex\" | {}",
        "\"top_k\": 5, \"presence_penalty\": 1 | {\"top_k\":5,\"presence_penalty\":1}",
      })
  void settings(String body, String settings) {
    Row row = new ReadRequest(false).call(CHAT.formatted("{" + HELLO + ", " + body + "}"));
    assertThat(row.getString(5)).as("error").isNull();
    assertThat(row.getString(4)).isEqualTo(settings);
  }

  @Test
  void aJobsBoundStandsAboveThatOfTextCompletions() {
    String line = TEXT.formatted("{\"prompt\": \"Once\"}");
    assertThat(one(line, "generation.max_new_tokens=9").<String>getAs("__generation"))
        .isEqualTo("{}");
  }

  @Test
  void messagesOfParts() {
    String parts =
        "{\"messages\": [{\"role\": \"developer\", \"content\": \"d\"}, {\"role\": \"user\","
            + " \"content\": [{\"type\": \"text\", \"text\": \"a\"}, {\"type\": \"text\", \"text\":"
            + " \"b\"}]}]}";
    assertThat(one(CHAT.formatted(parts)).<String>getAs("prompt"))
        .isEqualTo("<s><system>d<user>a\nb<assistant>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{HELLO, \"tools\": [{}], \"stream\": true} | body.stream, body.tools are not supported; remove them",
        "{HELLO, \"response_format\": {\"type\": \"json_object\"}} | body.response_format is not supported; remove it",
        "{HELLO, \"tool_choice\": \"auto\"} | body.tool_choice is not supported; remove it",
        "{}          | body.messages is no list of messages; give one",
        "{\"messages\": []} | body.messages is no list of messages; give one",
        "[]          | body is no object; give one",
        "{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]} | body.messages[0] has role 'tool'; give system, developer, user or assistant",
        "{\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{}]}]} | body.messages[0] calls a tool, which is not supported",
        "{\"messages\": [{\"role\": \"user\"}]} | body.messages[0] has no content; give it a text",
        "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]} | body.messages[0] has a part of type 'image_url'; give texts",
      })
  void whatIsNotSupportedIsTheRowsError(String body, String problem) {
    Row row = new ReadRequest(false).call(CHAT.formatted(body.replace("HELLO", HELLO)));
    assertThat(row.getString(0)).isEqualTo("c");
    assertThat(row.getString(2)).as("messages").isNull();
    assertThat(row.getString(5)).isEqualTo("Cannot answer the request because " + problem);
  }

  @Test
  void otherEndpointsAndMethods() {
    Row row = one(CHAT.formatted("{}").replace("chat/completions", "embeddings"));
    assertThat(row.<String>getAs("id")).isEqualTo("c");
    assertThat(row.<String>getAs("prompt")).isNull();
    assertThat(row.<String>getAs("__error_code")).isEqualTo("request");
    assertThat(row.<String>getAs("__error_message"))
        .contains("url is /v1/embeddings; give /v1/chat/completions or /v1/completions");
    assertThat(error(CHAT.formatted("{}").replace("POST", "GET")))
        .contains("method is GET; give POST");
    assertThat(error(TEXT.formatted("{\"prompt\": [\"a\", \"b\"]}")))
        .contains("body.prompt is no text; give one text, and a request for each of several");
  }

  private static String error(String line) {
    return new ReadRequest(false).call(line).getString(5);
  }

  @Test
  void aBrokenLineStaysARow() {
    List<Row> rows = read("{\"custom_id\n" + CHAT.formatted("{" + HELLO + "}") + "[1]\n");
    assertThat(rows).hasSize(3);
    assertThat(rows.stream().filter(row -> row.<String>getAs("id").startsWith("corrupt-")))
        .hasSize(2)
        .allMatch(row -> row.getAs("prompt") == null);
  }

  @Test
  void everyRequestNeedsItsOwnCustomId() {
    String line = CHAT.formatted("{" + HELLO + "}");
    Job job =
        job(
            "unused",
            "prompt={}",
            "input={format: openai-batch, path: " + write("two.jsonl", line + line) + "}");
    assertThat(problems(job)).singleElement().asString().contains("c (2 rows)");
    Job nameless =
        job(
            "unused",
            "prompt={}",
            "input={format: openai-batch, path: "
                + write("nameless.jsonl", line.replace("\"custom_id\": \"c\", ", ""))
                + "}");
    assertThat(problems(nameless))
        .containsExactly(
            "input.path: Cannot use the requests because 1 of 1 have no custom_id; give each its"
                + " own");
  }
}
