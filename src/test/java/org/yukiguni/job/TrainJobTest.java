package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** For each group of a training's own keys: the defaults, and every key at its component. */
class TrainJobTest {
  private static final String MINIMAL =
      """
      name: test
      input: { format: jsonl, path: in.jsonl }
      prompt: { column: prompt }
      model: { path: models/mini }
      lora: { target_modules: q_proj }
      train: { answer: output }
      output: { path: out }
      """;

  @Test
  void groups() {
    assertThat(JobTree.of(with()).fieldNames())
        .toIterable()
        .containsExactly("name", "input", "prompt", "model", "lora", "train", "output");
  }

  @Test
  void loraDefaults() {
    assertThat(with().lora())
        .isEqualTo(new LoraSpec(8, 8, 0, false, LoraSpec.Bias.NONE, List.of("q_proj"), List.of()));
  }

  @Test
  void loraKeys() {
    assertThat(
            with("lora={r: 4, lora_alpha: 16, lora_dropout: 0.05, use_rslora: true, bias: none,"
                    + " target_modules: [a, b], modules_to_save: [c, d]}")
                .lora())
        .isEqualTo(
            new LoraSpec(
                4, 16, 0.05, true, LoraSpec.Bias.NONE, List.of("a", "b"), List.of("c", "d")));
  }

  @Test
  void trainDefaults() {
    assertThat(with().train())
        .isEqualTo(
            new TrainSpec(
                "output",
                false,
                true,
                1024,
                TrainSpec.Overlong.CUT,
                0,
                3,
                -1,
                8,
                1,
                false,
                false,
                5e-5,
                TrainSpec.Scheduler.LINEAR,
                0,
                0,
                0,
                0.9,
                0.999,
                1e-8,
                1,
                100,
                500,
                2,
                0,
                42));
  }

  @Test
  void trainKeys() {
    assertThat(
            with("""
                    train={answer: a, train_on_inputs: true, add_eos: false, max_length: 3,
                      overlong: refuse, val_set_size: 4, num_train_epochs: 0.5, max_steps: 6,
                      per_device_train_batch_size: 7, gradient_accumulation_steps: 8,
                      gradient_checkpointing: true, bf16: true, learning_rate: 0.09,
                      lr_scheduler_type: cosine, warmup_steps: 10, warmup_ratio: 0.11,
                      weight_decay: 0.12, adam_beta1: 0.13, adam_beta2: 0.14, adam_epsilon: 0.15,
                      max_grad_norm: 16, eval_steps: 17, save_steps: 18, save_total_limit: 19,
                      samples: 20, seed: 21}
                    """)
                .train())
        .isEqualTo(
            new TrainSpec(
                "a",
                true,
                false,
                3,
                TrainSpec.Overlong.REFUSE,
                4,
                0.5,
                6,
                7,
                8,
                true,
                true,
                0.09,
                TrainSpec.Scheduler.COSINE,
                10,
                0.11,
                0.12,
                0.13,
                0.14,
                0.15,
                16,
                17,
                18,
                19,
                20,
                21));
    assertThat(with("train.lr_scheduler_type=constant").train().lrSchedulerType())
        .isEqualTo(TrainSpec.Scheduler.CONSTANT);
  }

  @Test
  void outputKeys() {
    assertThat(with().output()).isEqualTo(new TrainOutputSpec("out", OutputMode.RESUME));
    assertThat(with("output={path: o, mode: overwrite}").output())
        .isEqualTo(new TrainOutputSpec("o", OutputMode.OVERWRITE));
  }

  @Test
  void conversationsNeedNoColumnOfAnswers() {
    TrainJob job = with("prompt={messages: m}", "train={max_length: 9}");
    assertThat(job.learntColumn()).isEqualTo("m");
    assertThat(job.withAnswers().input().keep()).containsExactly("m");
    assertThat(with("prompt={messages: m}").learntColumn()).isEqualTo("output");
  }

  @Test
  void whatATrainingCannotUseIsRefusedByName() {
    assertThatThrownBy(
            () ->
                with(
                    "train={}",
                    "lora={}",
                    "input.generation=g",
                    "input.keep=[k]",
                    "model.quantization=int8",
                    "output.mode=new"))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("lora.target_modules: missing");
    assertThatThrownBy(
            () ->
                with(
                    "train={}",
                    "input.generation=g",
                    "input.keep=[k]",
                    "model.quantization=int8",
                    "output.mode=new"))
        .hasMessageContaining("input.generation: has no effect in a training; remove it")
        .hasMessageContaining("input.keep: has no effect in a training; remove it")
        .hasMessageContaining(
            "train.answer: missing; give the column with the answers, or prompt.messages with"
                + " conversations that have them")
        .hasMessageContaining("model.quantization: a training takes the weights as they are stored")
        .hasMessageContaining("output.mode: new is not for trainings");
    assertThatThrownBy(() -> with("train.learning_rat=1"))
        .hasMessageContaining("train.learning_rat")
        .hasMessageContaining("learning_rate");
    assertThatThrownBy(() -> with("lora.bias=all")).hasMessageContaining("lora.bias");
  }

  private static TrainJob with(String... overrides) {
    return JobReader.parseTraining(MINIMAL, List.of(overrides));
  }
}
