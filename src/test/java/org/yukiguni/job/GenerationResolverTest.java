package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.EarlyStopping;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;

class GenerationResolverTest {
  @TempDir Path folder;

  @Test
  void nobodySaysAnything() {
    ResolvedGeneration resolved = resolve("{}");
    assertThat(resolved.config())
        .isEqualTo(
            new GenerationConfig(
                new Sampling(false, 1, 50, 1, 0, 1, 0, 0),
                Penalties.NONE,
                Constraints.NONE,
                OptionalInt.of(20),
                OptionalInt.empty(),
                0,
                0,
                1,
                0,
                List.of(),
                List.of(),
                Beams.NONE,
                OptionalInt.empty()));
    assertThat(resolved.origins().values()).containsOnly(Origin.DEFAULT);
    assertThat(resolved.warnings()).isEmpty();
  }

  @Test
  void theJobIsAboveTheModelAndTheModelAboveTheDefaults() {
    model(
        "{'do_sample': true, 'temperature': 0.6, 'top_p': 0.9, 'eos_token_id': [1, 2],"
            + " '_from_model_config': true, 'transformers_version': '4.1', 'use_cache': false}");
    ResolvedGeneration resolved = resolve("{temperature: 0.2, max_new_tokens: 5}");
    assertThat(resolved.config().sampling())
        .isEqualTo(new Sampling(true, 0.2, 50, 0.9, 0, 1, 0, 0));
    assertThat(resolved.config().maxNewTokens()).hasValue(5);
    assertThat(resolved.config().eosTokenIds()).containsExactly(1, 2);
    assertThat(resolved.origins())
        .containsEntry("temperature", Origin.JOB)
        .containsEntry("top_p", Origin.GENERATION_CONFIG)
        .containsEntry("top_k", Origin.DEFAULT)
        .doesNotContainKey("pad_token_id");
    assertThat(resolved.settings().temperature()).isEqualTo(0.2);
  }

  @Test
  void endOfSequenceComesFromTheStrongestWhoNamesOne() {
    assertThat(eos("{}", 9)).isEqualTo("[9] tokenizer");
    write("config.json", "{'eos_token_id': 3, 'hidden_size': 4}");
    assertThat(eos("{}", 9)).isEqualTo("[3] config.json");
    model("{'eos_token_id': [5, 6]}");
    assertThat(eos("{}", 9)).isEqualTo("[5, 6] generation_config.json");
    assertThat(eos("{eos_token_id: 7}", 9)).isEqualTo("[7] job");
    assertThat(eos("{eos_token_id: []}", 9)).isEqualTo("[] job");
    model("{'eos_token_id': null}");
    assertThat(eos("{}", 9)).isEqualTo("[3] config.json");
  }

  @Test
  void whoSetsOneLengthDecidesAboutBoth() {
    model("{'max_new_tokens': 160, 'min_new_tokens': 10}");
    ResolvedGeneration resolved = resolve("{max_length: 100, min_length: 50}");
    assertThat(resolved.config().maxNewTokens()).isEmpty();
    assertThat(resolved.config().maxLength()).hasValue(100);
    assertThat(resolved.config().minNewTokens()).isZero();
    assertThat(resolved.config().minLength()).isEqualTo(50);
    assertThat(resolved.warnings())
        .containsExactly(
            "generation.max_length replaces max_new_tokens 160 of the model's"
                + " generation_config.json; in Hugging Face the latter would win");
  }

  @Test
  void warnsOfSettingsWithoutEffect() {
    assertThat(resolve("{temperature: 0.5, top_k: 9, max_new_tokens: 4, max_length: 9}").warnings())
        .containsExactly(
            "generation.temperature has no effect because do_sample is false; set do_sample: true"
                + " to sample",
            "generation.top_k has no effect because do_sample is false; set do_sample: true to"
                + " sample",
            "generation.max_length has no effect because max_new_tokens is set; keep one of them");
    assertThat(resolve("{min_new_tokens: 1, min_length: 2}").warnings())
        .containsExactly(
            "generation.min_length has no effect because min_new_tokens is set; keep one of them");
    model("{'do_sample': true}");
    assertThat(resolve("{temperature: 0.5}").warnings()).isEmpty();
  }

  @Test
  void warnsOfProcessorsWithoutEffect() {
    assertThat(resolve("{typical_p: 0.5, eta_cutoff: 0.1}").warnings())
        .containsExactly(
            "generation.typical_p has no effect because do_sample is false; set do_sample: true to"
                + " sample",
            "generation.eta_cutoff has no effect because do_sample is false; set do_sample: true"
                + " to sample");
    assertThat(resolve("{repeat_last_n: 3}").warnings())
        .containsExactly(
            "generation.repeat_last_n has no effect because repetition_penalty is 1; set"
                + " repetition_penalty");
    assertThat(resolve("{repeat_last_n: 0, repetition_penalty: 1.1}").warnings())
        .containsExactly(
            "generation.repeat_last_n 0 means all tokens, as in Hugging Face; in llama.cpp it"
                + " turns the penalty off, for which set repetition_penalty: 1");
    assertThat(resolve("{repeat_last_n: 3, repetition_penalty: 1.1}").warnings()).isEmpty();
    assertThat(
            resolve(
                    "{bad_words_ids: [[1], [2], [1, 2]], eos_token_id: [1],"
                        + " suppress_tokens: [7, 1], forced_bos_token_id: 5}")
                .warnings())
        .containsExactly(
            "generation.bad_words_ids [1] has no effect because it is an eos_token_id, as in"
                + " Hugging Face; use suppress_tokens",
            "generation.suppress_tokens holds every eos_token_id, so that only lengths and stop"
                + " strings end a completion; remove one if that is not meant",
            "generation.forced_bos_token_id has no effect on prompts of more than one token, as in"
                + " Hugging Face; put the token into the prompt");
  }

  @Test
  void processorsOfJobAndModelReachTheEngine() {
    model(
        "{'no_repeat_ngram_size': 3, 'suppress_tokens': [1, 2], 'bad_words_ids': [[4, 5]],"
            + " 'forced_eos_token_id': 6, 'typical_p': 0.9, 'repetition_penalty': 1.2}");
    ResolvedGeneration resolved =
        resolve(
            "{suppress_tokens: [], begin_suppress_tokens: [8], forced_bos_token_id: 9,"
                + " epsilon_cutoff: 0.1, eta_cutoff: 1.0, repeat_last_n: -1,"
                + " presence_penalty: 0.5, frequency_penalty: -1, do_sample: true}");
    GenerationConfig config = resolved.config();
    assertThat(config.sampling()).isEqualTo(new Sampling(true, 1, 50, 1, 0, 0.9, 0.1, 0));
    assertThat(config.penalties()).isEqualTo(new Penalties(1.2, -1, 0.5, -1));
    assertThat(config.constraints())
        .isEqualTo(
            new Constraints(
                3, List.of(List.of(4, 5)), List.of(), List.of(8), OptionalInt.of(9), List.of(6)));
    assertThat(resolved.origins())
        .containsEntry("suppress_tokens", Origin.JOB)
        .containsEntry("bad_words_ids", Origin.GENERATION_CONFIG)
        .containsEntry("forced_eos_token_id", Origin.GENERATION_CONFIG);
    // Nobody's warning: the model's folder says it, not the job.
    model("{'typical_p': 0.9, 'bad_words_ids': [[3]], 'eos_token_id': 3}");
    assertThat(resolve("{}").warnings()).isEmpty();
  }

  @Test
  void refusesForcedTokensThatAreSuppressed() {
    assertProblems(
        "{suppress_tokens: [1, 2, 3], forced_bos_token_id: 2, forced_eos_token_id: [1, 3]}",
        "generation.forced_bos_token_id: all of [2] are in suppress_tokens, so that no token is"
            + " left; remove one of the two",
        "generation.forced_eos_token_id: all of [1, 3] are in suppress_tokens, so that no token is"
            + " left; remove one of the two");
    assertThat(resolve("{suppress_tokens: [1], forced_eos_token_id: [1, 3]}").warnings()).isEmpty();
  }

  @Test
  void refusesContradictions() {
    assertProblems(
        "{num_return_sequences: 3}",
        "generation.num_return_sequences: 3 completions would all be equal because do_sample is"
            + " false; set do_sample: true, num_beams or num_return_sequences: 1");
    assertProblems(
        "{min_new_tokens: 5, max_new_tokens: 4}",
        "generation.min_new_tokens: 5 is more than max_new_tokens, which is 4; lower it");
    assertProblems(
        "{min_length: 5, max_length: 4}",
        "generation.min_length: 5 is more than max_length, which is 4; lower it");
    model("{'do_sample': true}");
    assertThat(resolve("{num_return_sequences: 3}").config().numReturnSequences()).isEqualTo(3);
  }

  @Test
  void beams() {
    model("{'num_beams': 4, 'length_penalty': 2, 'early_stopping': 'never'}");
    ResolvedGeneration resolved = resolve("{num_return_sequences: 3, length_penalty: -0.5}");
    assertThat(resolved.config().beams()).isEqualTo(new Beams(4, -0.5, EarlyStopping.NEVER));
    assertThat(resolved.config().numReturnSequences()).isEqualTo(3);
    assertThat(resolved.warnings()).isEmpty();
    assertProblems(
        "{num_beams: 2, num_return_sequences: 3, do_sample: true}",
        "generation.num_beams: 2 is not supported with do_sample: true; set do_sample: false or"
            + " num_beams: 1",
        "generation.num_return_sequences: 3 is more than num_beams, which is 2; lower it");
    assertThat(resolve("{num_beams: 1, length_penalty: 2, early_stopping: true}").warnings())
        .containsExactly(
            "generation.length_penalty has no effect because num_beams is 1; set num_beams to"
                + " search",
            "generation.early_stopping has no effect because num_beams is 1; set num_beams to"
                + " search");
    assertProblems(
        "{early_stopping: maybe}",
        "generation.early_stopping: found the text 'maybe'; give one of false, true, never");
  }

  @Test
  void refusesWhatTheModelAsksForInVain() {
    model("{'guidance_scale': 1.5, 'sequence_bias': [[[1], 2]], 'top_p': 7}");
    assertProblems(
        "{}",
        "generation_config.json: guidance_scale: 1.5 is not supported yet; remove it from the model's"
            + " folder",
        "generation_config.json: sequence_bias: [[[1],2]] is not supported yet; remove it from the"
            + " model's folder",
        "generation_config.json.top_p: 7 is out of range; give a number from 0 to 1");
    model("{'num_beams': 1, 'suppress_tokens': [], 'sequence_bias': null, 'top_p': 7}");
    assertThat(resolve("{top_p: 0.5}").config().sampling().topP()).isEqualTo(0.5);
  }

  @Test
  void refusesAFileThatIsNotJson() {
    model("{'top_p': ");
    assertProblems(
        "{}",
        "model.path: cannot read "
            + folder.resolve("generation_config.json")
            + " because line 1 is not JSON; repair the model's folder");
    model("[]");
    assertProblems(
        "{}",
        "model.path: cannot read "
            + folder.resolve("generation_config.json")
            + " because it is not a JSON object; repair the model's folder");
  }

  @Test
  void theEffectiveJobSaysWhereValuesComeFrom() {
    model("{'do_sample': true, 'temperature': 0.6}");
    Job job = Jobs.with("generation={stop: [x], temperature: 0.3}");
    String yaml = job.toYaml(GenerationResolver.resolve(job, folder, List.of(3)));
    assertThat(yaml)
        .contains(
            """
            generation:
              max_new_tokens: 20  # default
              min_new_tokens: 0  # default
              min_length: 0  # default
              do_sample: true  # generation_config.json
              temperature: 0.3  # job
              top_k: 50  # default
              top_p: 1.0  # default
              min_p: 0.0  # default
              repetition_penalty: 1.0  # default
              num_return_sequences: 1  # default
              eos_token_id:  # tokenizer
                - 3
              stop_strings:  # job
                - x
              seed: 0  # default
            engine:
              max_sequences: auto
            """);
    assertThat(JobReader.parse(yaml, List.of()).generation().temperature()).isEqualTo(0.3);
  }

  private String eos(String job, int tokenizer) {
    ResolvedGeneration resolved =
        GenerationResolver.resolve(settings(job), false, folder, List.of(tokenizer));
    return resolved.config().eosTokenIds() + " " + resolved.origins().get("eos_token_id").label();
  }

  private ResolvedGeneration resolve(String job) {
    return GenerationResolver.resolve(settings(job), false, folder, List.of());
  }

  private void assertProblems(String job, String... problems) {
    assertThatThrownBy(() -> resolve(job))
        .isInstanceOfSatisfying(
            InvalidJobException.class,
            failure -> assertThat(failure.problems()).containsExactlyInAnyOrder(problems));
  }

  private static GenerationSettings settings(String yaml) {
    return Jobs.with("generation=" + yaml).generation();
  }

  private void model(String json) {
    write("generation_config.json", json);
  }

  private void write(String name, String json) {
    try {
      Files.writeString(folder.resolve(name), json.replace('\'', '"'));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
