package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.EarlyStopping;

/** For each group of keys: the defaults, and every key at its component. */
class JobKeysTest {
  @Test
  void jobDefaults() {
    Job job = Jobs.minimal();
    assertThat(job.name()).isEqualTo("test");
    assertThat(job.generation()).isNotNull();
    assertThat(job.engine()).isNotNull();
    assertThat(job.run()).isNotNull();
  }

  @Test
  void jobKeys() {
    assertThat(JobTree.of(Jobs.minimal()).fieldNames())
        .toIterable()
        .containsExactly(
            "name", "input", "prompt", "model", "generation", "engine", "output", "run", "report");
  }

  @Test
  void inputDefaults() {
    assertThat(Jobs.minimal().input())
        .isEqualTo(new InputSpec(InputFormat.JSONL, "in.jsonl", null, null, null, null, List.of()));
  }

  @Test
  void inputKeys() {
    assertThat(
            Jobs.with("input={format: csv, path: a, id: key, generation: g, keep: [b, c]}").input())
        .isEqualTo(new InputSpec(InputFormat.CSV, "a", null, null, "key", "g", List.of("b", "c")));
    assertThat(Jobs.with("input={table: db.t, keep: b}").input())
        .isEqualTo(new InputSpec(null, null, "db.t", null, null, null, List.of("b")));
    assertThat(Jobs.with("input={sql: select 1}").input())
        .isEqualTo(new InputSpec(null, null, null, "select 1", null, null, List.of()));
  }

  @Test
  void promptDefaults() {
    assertThat(Jobs.minimal().prompt()).isEqualTo(PromptSpec.ofColumn("prompt"));
  }

  @Test
  void promptKeys() {
    assertThat(Jobs.with("prompt={template: 'Q: {q}', add_special_tokens: true}").prompt())
        .isEqualTo(
            new PromptSpec(null, null, "Q: {q}", null, null, Map.of(), AddSpecialTokens.TRUE));
    assertThat(
            Jobs.with(
                    "prompt={column: c, template: alpaca-ja, input: i, system: s,"
                        + " chat_template_kwargs: {enable_thinking: false, k: [1, x]},"
                        + " add_special_tokens: false}")
                .prompt())
        .isEqualTo(
            new PromptSpec(
                "c",
                null,
                "alpaca-ja",
                "i",
                "s",
                Map.of("enable_thinking", false, "k", List.of(1L, "x")),
                AddSpecialTokens.FALSE));
    assertThat(Jobs.with("prompt={messages: m}").prompt().messages()).isEqualTo("m");
  }

  @Test
  void modelDefaults() {
    assertThat(Jobs.minimal().model())
        .isEqualTo(
            new ModelSpec(
                "models/mini",
                "main",
                null,
                "main",
                Dtype.AUTO,
                Quantization.NONE,
                Device.AUTO,
                DevicePlan.NONE));
  }

  @Test
  void modelKeys() {
    assertThat(
            Jobs.with(
                    "model={path: p, revision: r, dtype: float32, quantization: none,"
                        + " adapter: lora, adapter_revision: v2, device: 'cuda:1', device_map: auto}")
                .model())
        .isEqualTo(
            new ModelSpec(
                "p",
                "r",
                "lora",
                "v2",
                Dtype.FLOAT32,
                Quantization.NONE,
                new Device(Device.Kind.CUDA, 1),
                DevicePlan.AUTO));
    assertThat(Jobs.with("model.device=cuda").model().device())
        .isEqualTo(new Device(Device.Kind.CUDA, -1));
    assertThat(Jobs.with("model.device=cpu").model().device())
        .isEqualTo(new Device(Device.Kind.CPU, -1));
  }

  @Test
  void generationDefaults() {
    assertThat(JobTree.of(Jobs.minimal().generation()).isEmpty()).isTrue();
  }

  @Test
  void generationKeys() {
    Job job =
        Jobs.with(
            """
            generation={max_new_tokens: 1, max_length: 2, min_new_tokens: 3, min_length: 4,
              do_sample: true, temperature: 0.5, top_k: 6, top_p: 0.7, min_p: 0.8,
              typical_p: 0.81, epsilon_cutoff: 0.82, eta_cutoff: 0.83, repetition_penalty: 1.9,
              repeat_last_n: 20, presence_penalty: -1.5, frequency_penalty: 1.6,
              no_repeat_ngram_size: 21, bad_words_ids: [[22], [23, 24]], suppress_tokens: [25],
              begin_suppress_tokens: [26, 27], forced_bos_token_id: 28, forced_eos_token_id: 29,
              num_return_sequences: 10, eos_token_id: [11, 12],
              pad_token_id: 13, bos_token_id: 14, stop_strings: [a, b], seed: -15,
              num_beams: 16, length_penalty: -1.7, early_stopping: never, logprobs: 17}
            """);
    assertThat(job.generation())
        .isEqualTo(
            new GenerationSettings(
                1,
                2,
                3,
                4,
                true,
                0.5,
                6,
                0.7,
                0.8,
                0.81,
                0.82,
                0.83,
                1.9,
                20,
                -1.5,
                1.6,
                21,
                List.of(List.of(22), List.of(23, 24)),
                List.of(25),
                List.of(26, 27),
                28,
                List.of(29),
                10,
                List.of(11, 12),
                13,
                14,
                List.of("a", "b"),
                -15L,
                16,
                -1.7,
                EarlyStopping.NEVER,
                17));
  }

  @Test
  void generationAliasesAndSingleValues() {
    Job job =
        Jobs.with(
            "generation={max_tokens: 1, n: 2, stop: x, eos_token_id: 3, min_tokens: 1,"
                + " repeat_penalty: 1.2, typical: 0.5}");
    assertThat(job.generation().maxNewTokens()).isEqualTo(1);
    assertThat(job.generation().minNewTokens()).isEqualTo(1);
    assertThat(job.generation().repetitionPenalty()).isEqualTo(1.2);
    assertThat(job.generation().typicalP()).isEqualTo(0.5);
    assertThat(job.generation().numReturnSequences()).isEqualTo(2);
    assertThat(job.generation().stopStrings()).containsExactly("x");
    assertThat(job.generation().eosTokenId()).containsExactly(3);
  }

  @Test
  void earlyStoppingIsATruthValueOrNever() {
    assertThat(Jobs.with("generation.early_stopping=true").generation().earlyStopping())
        .isEqualTo(EarlyStopping.TRUE);
    assertThat(Jobs.with("generation.early_stopping=false").generation().earlyStopping())
        .isEqualTo(EarlyStopping.FALSE);
  }

  @Test
  void whatIsNotSupportedMayBeSwitchedOff() {
    Job job =
        Jobs.with(
            "generation={num_beam_groups: 1, guidance_scale: 1.0, encoder_no_repeat_ngram_size: 0,"
                + " sequence_bias: null, constraints: [], use_cache: true}");
    assertThat(job).isEqualTo(Jobs.minimal());
  }

  @Test
  void engineDefaults() {
    assertThat(Jobs.minimal().engine())
        .isEqualTo(new EngineSpec(AutoCount.AUTO, AutoCount.AUTO, MemorySize.AUTO));
    assertThat(AutoCount.AUTO.orElse(7)).isEqualTo(7);
    assertThat(MemorySize.AUTO.orElse(7)).isEqualTo(7);
  }

  @Test
  void engineKeys() {
    EngineSpec engine =
        Jobs.with("engine={max_sequences: 8, max_step_tokens: 64, kv_memory: 2g}").engine();
    assertThat(engine)
        .isEqualTo(new EngineSpec(new AutoCount(8), new AutoCount(64), new MemorySize(2L << 30)));
    assertThat(engine.maxSequences().orElse(7)).isEqualTo(8);
    assertThat(engine.kvMemory().orElse(7)).isEqualTo(2L << 30);
    assertThat(Jobs.with("engine.kv_memory=1000").engine().kvMemory().bytes()).isEqualTo(1000);
    assertThat(Jobs.with("engine.kv_memory=512MB").engine().kvMemory().bytes())
        .isEqualTo(512L << 20);
  }

  @Test
  void outputDefaults() {
    assertThat(Jobs.minimal().output())
        .isEqualTo(
            new OutputSpec("out", OutputFormat.PARQUET, OutputMode.RESUME, false, false, null));
  }

  @Test
  void outputKeys() {
    assertThat(
            Jobs.with(
                    "output={path: p, format: parquet, mode: overwrite, incremental: true,"
                        + " token_ids: true,"
                        + " table: db.t}")
                .output())
        .isEqualTo(
            new OutputSpec("p", OutputFormat.PARQUET, OutputMode.OVERWRITE, true, true, "db.t"));
    assertThat(Jobs.with("output.mode=fail").output().mode()).isEqualTo(OutputMode.FAIL);
  }

  @Test
  void runDefaults() {
    assertThat(Jobs.minimal().run())
        .isEqualTo(
            new RunSpec(
                AutoCount.AUTO, 0, TimeLimit.NONE, TimeLimit.NONE, new TimeLimit(1_800), 0));
  }

  @Test
  void runKeys() {
    assertThat(
            Jobs.with(
                    "run={chunk_rows: 500, max_error_ratio: 0.25, max_time: 8h, max_row_time: 90s,"
                        + " max_step_time: 20s, max_repeats: 9}")
                .run())
        .isEqualTo(
            new RunSpec(
                new AutoCount(500),
                0.25,
                new TimeLimit(28_800),
                new TimeLimit(90),
                new TimeLimit(20),
                9));
    assertThat(Jobs.with("run.max_time=15m").run().maxTime().toString()).isEqualTo("900s");
    assertThatThrownBy(() -> Jobs.with("run.max_time=0s", "run.max_row_time=soon"))
        .hasMessageContaining("run.max_time: found the text '0s'; give none, or a time such as")
        .hasMessageContaining("run.max_row_time: found the text 'soon'");
  }

  @Test
  void reportDefaults() {
    assertThat(Jobs.minimal().report()).isEqualTo(new ReportSpec(null, null));
  }

  @Test
  void reportKeys() {
    assertThat(Jobs.with("report={html: night.html, engine_hour_cost: 2.5}").report())
        .isEqualTo(new ReportSpec("night.html", 2.5));
  }
}
