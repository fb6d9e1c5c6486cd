package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The printed job, its identity and its way to executors. */
class JobYamlTest {
  @Test
  void printsDefaultsInOrder() {
    assertThat(Jobs.with("generation={stop: ['a: b', '</s>'], seed: 3}").toYaml())
        .isEqualTo(
            """
            name: test
            input:
              format: jsonl
              path: in.jsonl
              keep: []
            prompt:
              column: prompt
              chat_template_kwargs: {}
              add_special_tokens: auto
            model:
              path: models/mini
              revision: main
              adapter_revision: main
              dtype: auto
              quantization: none
              device: auto
              device_map: none
            generation:
              stop_strings:
                - "a: b"
                - </s>
              seed: 3
            engine:
              max_sequences: auto
              max_step_tokens: auto
              kv_memory: auto
            output:
              path: out
              format: parquet
              mode: resume
              incremental: false
              token_ids: false
            run:
              chunk_rows: auto
              max_error_ratio: 0.0
              max_time: none
              max_row_time: none
              max_step_time: 1800s
              max_repeats: 0
            report: {}
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name='true'",
        "name='12'",
        "name='a # b: c'",
        "name=\"two\\nlines\\n\"",
        "name=' padded '",
        "name=~x",
        "name='null'",
        "name=ユーザー",
        "prompt={template: \"{a}\\n\\tb: {{}}\"}",
        "engine={kv_memory: 3k, max_sequences: 4}",
        "generation={temperature: 1e-7, stop: ['\\n', '- x']}",
        "model.device='cuda:3'",
      })
  void whatIsPrintedReadsAsTheSameJob(String override) {
    Job job = Jobs.with(override);
    assertThat(JobReader.parse(job.toYaml(), List.of())).isEqualTo(job);
  }

  @Test
  void hidesSecrets() {
    Job job =
        Jobs.with(
            "input.path='s3a://AKIA:hush@bucket/in?sig=hush&x=1'",
            "model.path='https://hush@host/m?api_key=hush'",
            "output.path='abfs://box@account.dfs.core.windows.net/key=1/out'");
    assertThat(job.toYaml())
        .doesNotContain("hush")
        .doesNotContain("AKIA")
        .contains("path: s3a://***@bucket/in?sig=***&x=1")
        .contains("path: https://***@host/m?api_key=***")
        .contains("/key=1/out");
    assertThat(Jobs.with("input={sql: \"from jdbc(password='hush now', a = 1)\"}").toYaml())
        .contains("from jdbc(password=***, a = 1)");
    String join = "select * from a join b on a.key = b.key";
    assertThat(Jobs.with("input={sql: '" + join + "'}").toYaml()).contains(join);
  }

  @Test
  void hidesKeysThatSaySecretButNotTokenCounts() {
    var tree = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    tree.put("hub_token", "hush").put("api_key", "hush").put("password", "hush");
    tree.put("max_new_tokens", 3).put("pad_token_id", 4).put("monkey", "fine");
    Redaction.apply(tree);
    assertThat(tree.toString())
        .isEqualTo(
            "{\"hub_token\":\"***\",\"api_key\":\"***\",\"password\":\"***\","
                + "\"max_new_tokens\":3,\"pad_token_id\":4,\"monkey\":\"fine\"}");
  }

  @Test
  void templatesAreNotSecrets() {
    assertThat(Jobs.with("prompt={template: 'key=b {a}'}").toYaml()).contains("key=b {a}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=other",
        "engine.max_sequences=3",
        "run.chunk_rows=3",
        "output={path: elsewhere, mode: fail}",
        "generation={}",
        "model.path=elsewhere",
        "generation.seed=0",
      })
  void identityIgnoresWhatDoesNotChangeTokens(String override) {
    assertThat(identity(override)).isEqualTo(identity());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input.path=b",
        "prompt.column=b",
        "prompt.add_special_tokens=true",
        "model.dtype=float32",
        "generation.seed=1",
        "generation.stop=x",
      })
  void identityTellsWhatChangesTokens(String override) {
    assertThat(identity(override)).isNotEqualTo(identity());
  }

  private static Map<String, String> identity(String... overrides) {
    Job job = Jobs.with(overrides);
    return job.identity(
        RowSettings.of(GenerationResolver.resolve(job, Path.of("no-such-folder"), List.of())));
  }

  @Test
  void travelsToExecutors() throws IOException, ClassNotFoundException {
    Job job = Jobs.with("generation={stop: x, seed: 3}", "engine.kv_memory=1g");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(job);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(job);
    }
  }
}
