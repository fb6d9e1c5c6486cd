package org.yukiguni.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Sampling;

/**
 * Merges what a job says about generation with what the model's folder says and with Hugging Face's
 * defaults, the job first.
 *
 * <p>One deviation from Hugging Face: a job that sets only one of {@code max_new_tokens} and {@code
 * max_length} is not overruled by the other one in the model's file; the same for the minima. There
 * {@code max_new_tokens} of the file wins over {@code max_length} of the call, which nobody who
 * writes it expects.
 */
public final class GenerationResolver {
  private GenerationResolver() {}

  /**
   * Resolves what a job and a model say to what the engine is asked for.
   *
   * @param job the job's settings
   * @param modelFolder whose generation_config.json and config.json are read, where present
   * @param tokenizerEos end-of-sequence ids of the tokenizer, used if nobody else names any
   * @throws InvalidJobException if the settings contradict each other, or the model's file asks for
   *     something that is not supported
   */
  public static ResolvedGeneration resolve(
      GenerationSettings job, Path modelFolder, List<Integer> tokenizerEos) {
    Set<String> set = new HashSet<>();
    JobTree.of(job).fieldNames().forEachRemaining(set::add);
    GenerationSettings file = ModelSettings.read(modelFolder, set);
    LayeredSettings merged = new LayeredSettings();
    merged.add(Origin.JOB, job);
    merged.add(Origin.GENERATION_CONFIG, file);
    merged.addEos(Origin.MODEL_CONFIG, ModelSettings.configEos(modelFolder));
    merged.addEos(Origin.TOKENIZER, tokenizerEos);
    merged.addDefaults();
    GenerationSettings settings = merged.settings();
    refuseContradictions(settings);
    return new ResolvedGeneration(
        config(settings), settings, merged.origins(), warnings(job, file, settings));
  }

  private static GenerationConfig config(GenerationSettings settings) {
    return new GenerationConfig(
        new Sampling(
            settings.doSample(),
            settings.temperature(),
            settings.topK(),
            settings.topP(),
            settings.minP(),
            settings.repetitionPenalty()),
        optional(settings.maxNewTokens()),
        optional(settings.maxLength()),
        settings.minNewTokens(),
        settings.minLength(),
        settings.numReturnSequences(),
        settings.seed(),
        settings.eosTokenId(),
        settings.stopStrings(),
        new Beams(settings.numBeams(), settings.lengthPenalty(), settings.earlyStopping()));
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private static void refuseContradictions(GenerationSettings settings) {
    Problems problems = new Problems();
    if (settings.numBeams() > 1) {
      refuseWithBeams(settings, problems);
    } else if (settings.numReturnSequences() > 1 && !settings.doSample()) {
      problems.add(
          "generation.num_return_sequences",
          settings.numReturnSequences()
              + " completions would all be equal because do_sample is false; set do_sample: true,"
              + " num_beams or num_return_sequences: 1");
    }
    refuseOrder("new_tokens", settings.minNewTokens(), settings.maxNewTokens(), problems);
    refuseOrder("length", settings.minLength(), settings.maxLength(), problems);
    problems.raise();
  }

  private static void refuseWithBeams(GenerationSettings settings, Problems problems) {
    if (settings.doSample()) {
      problems.add(
          "generation.num_beams",
          settings.numBeams()
              + " is not supported with do_sample: true; set do_sample: false or num_beams: 1");
    }
    if (settings.numReturnSequences() > settings.numBeams()) {
      problems.add(
          "generation.num_return_sequences",
          settings.numReturnSequences()
              + " is more than num_beams, which is "
              + settings.numBeams()
              + "; lower it");
    }
  }

  private static void refuseOrder(String what, int min, Integer max, Problems problems) {
    if (max != null && min > max) {
      problems.add(
          "generation.min_" + what,
          min + " is more than max_" + what + ", which is " + max + "; lower it");
    }
  }

  private static List<String> warnings(
      GenerationSettings job, GenerationSettings file, GenerationSettings settings) {
    List<String> warnings = new ArrayList<>();
    if (!settings.doSample()) {
      warn(
          JobTree.of(job).retain("temperature", "top_k", "top_p", "min_p"),
          "do_sample is false; set do_sample: true to sample",
          warnings);
    }
    if (settings.numBeams() == 1) {
      warn(
          JobTree.of(job).retain("length_penalty", "early_stopping"),
          "num_beams is 1; set num_beams to search",
          warnings);
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
    return warnings;
  }

  private static void warn(ObjectNode keys, String reason, List<String> warnings) {
    keys.fieldNames()
        .forEachRemaining(
            key -> warnings.add("generation." + key + " has no effect because " + reason));
  }
}
