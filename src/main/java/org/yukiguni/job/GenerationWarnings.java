package org.yukiguni.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Sentences about settings that have no effect, or another one than elsewhere. */
final class GenerationWarnings {
  private static final List<String> WARPERS =
      List.of(
          "temperature", "top_k", "top_p", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff");

  private static final List<String> SEARCH = List.of("length_penalty", "early_stopping");

  private GenerationWarnings() {}

  /**
   * The warnings.
   *
   * @param job what the job says; what only the model's folder says is nobody's mistake
   * @param file what the model's folder says
   * @param settings both, with the defaults
   */
  static List<String> of(
      GenerationSettings job, GenerationSettings file, GenerationSettings settings) {
    List<String> warnings = new ArrayList<>();
    if (!settings.doSample()) {
      warn(job, WARPERS, "do_sample is false; set do_sample: true to sample", warnings);
    }
    if (settings.numBeams() == null || settings.numBeams() == 1) {
      warn(job, SEARCH, "num_beams is 1; set num_beams to search", warnings);
    }
    if (settings.maxNewTokens() != null && settings.maxLength() != null) {
      warnings.add(
          "generation.max_length has no effect because max_new_tokens is set; keep one of them");
    }
    if (settings.minNewTokens() > 0 && settings.minLength() > 0) {
      warnings.add(
          "generation.min_length has no effect because min_new_tokens is set; keep one of them");
    }
    if (job.maxNewTokens() == null && job.maxLength() != null && file.maxNewTokens() != null) {
      warnings.add(
          "generation.max_length replaces max_new_tokens "
              + file.maxNewTokens()
              + " of the model's generation_config.json; in Hugging Face the latter would win");
    }
    addPenalties(job, settings, warnings);
    addConstraints(job, settings, warnings);
    return warnings;
  }

  private static void warn(
      GenerationSettings job, List<String> keys, String reason, List<String> warnings) {
    JobTree.of(job)
        .retain(keys)
        .fieldNames()
        .forEachRemaining(
            key -> warnings.add("generation." + key + " has no effect because " + reason));
  }

  private static void addPenalties(
      GenerationSettings job, GenerationSettings settings, List<String> warnings) {
    if (job.repeatLastN() == null) {
      return;
    }
    if (settings.repetitionPenalty() == 1) {
      warnings.add(
          "generation.repeat_last_n has no effect because repetition_penalty is 1; set"
              + " repetition_penalty");
    } else if (job.repeatLastN() == 0) {
      warnings.add(
          "generation.repeat_last_n 0 means all tokens, as in Hugging Face; in llama.cpp it turns"
              + " the penalty off, for which set repetition_penalty: 1");
    }
  }

  private static void addConstraints(
      GenerationSettings job, GenerationSettings settings, List<String> warnings) {
    List<Integer> eos = settings.eosTokenId();
    List<List<Integer>> words = job.badWordsIds() == null ? List.of() : job.badWordsIds();
    for (List<Integer> word : words) {
      if (word.size() == 1 && eos.containsAll(word)) {
        warnings.add(
            "generation.bad_words_ids "
                + word
                + " has no effect because it is an eos_token_id, as in Hugging Face; use"
                + " suppress_tokens");
      }
    }
    List<Integer> suppressed = settings.suppressTokens();
    if (suppressed != null && !eos.isEmpty() && new HashSet<>(suppressed).containsAll(eos)) {
      warnings.add(
          "generation.suppress_tokens holds every eos_token_id, so that only lengths and stop"
              + " strings end a completion; remove one if that is not meant");
    }
    if (job.forcedBosTokenId() != null) {
      warnings.add(
          "generation.forced_bos_token_id has no effect on prompts of more than one token, as in"
              + " Hugging Face; put the token into the prompt");
    }
  }
}
