package org.yukiguni.job;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.EarlyStopping;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Penalties;
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
   * @param job whose settings are the strongest; if its rows are requests for OpenAI's Batch API,
   *     OpenAI's defaults stand above Hugging Face's
   * @param modelFolder whose generation_config.json and config.json are read, where present
   * @param tokenizerEos end-of-sequence ids of the tokenizer, used if nobody else names any
   * @throws InvalidJobException if the settings contradict each other, or the model's file asks for
   *     something that is not supported
   */
  public static ResolvedGeneration resolve(Job job, Path modelFolder, List<Integer> tokenizerEos) {
    return resolve(job.generation(), job.input().isBatch(), modelFolder, tokenizerEos);
  }

  static ResolvedGeneration resolve(
      GenerationSettings job, boolean isBatch, Path modelFolder, List<Integer> tokenizerEos) {
    Set<String> set = new HashSet<>();
    JobTree.of(job).fieldNames().forEachRemaining(set::add);
    GenerationSettings file = ModelSettings.read(modelFolder, set);
    LayeredSettings merged = new LayeredSettings();
    merged.add(Origin.JOB, job);
    merged.add(Origin.GENERATION_CONFIG, file);
    merged.addEos(Origin.MODEL_CONFIG, ModelSettings.configEos(modelFolder));
    merged.addEos(Origin.TOKENIZER, tokenizerEos);
    if (isBatch) {
      merged.addOpenAiDefaults();
    }
    merged.addDefaults();
    GenerationSettings settings = merged.settings();
    refuseContradictions(settings);
    return new ResolvedGeneration(
        config(settings), settings, merged.origins(), GenerationWarnings.of(job, file, settings));
  }

  static GenerationConfig config(GenerationSettings settings) {
    return new GenerationConfig(
        new Sampling(
            settings.doSample(),
            settings.temperature(),
            settings.topK(),
            settings.topP(),
            settings.minP(),
            or(settings.typicalP(), 1),
            or(settings.epsilonCutoff(), 0),
            or(settings.etaCutoff(), 0)),
        new Penalties(
            settings.repetitionPenalty(),
            or(settings.repeatLastN(), 0),
            or(settings.presencePenalty(), 0),
            or(settings.frequencyPenalty(), 0)),
        new Constraints(
            or(settings.noRepeatNgramSize(), 0),
            or(settings.badWordsIds()),
            or(settings.suppressTokens()),
            or(settings.beginSuppressTokens()),
            optional(settings.forcedBosTokenId()),
            or(settings.forcedEosTokenId())),
        optional(settings.maxNewTokens()),
        optional(settings.maxLength()),
        settings.minNewTokens(),
        settings.minLength(),
        settings.numReturnSequences(),
        settings.seed(),
        settings.eosTokenId(),
        settings.stopStrings(),
        beams(settings),
        optional(settings.logprobs()));
  }

  private static Beams beams(GenerationSettings settings) {
    EarlyStopping early = settings.earlyStopping();
    return new Beams(
        or(settings.numBeams(), 1),
        or(settings.lengthPenalty(), 1),
        early == null ? EarlyStopping.FALSE : early);
  }

  private static double or(Double value, double off) {
    return value == null ? off : value;
  }

  private static int or(Integer value, int off) {
    return value == null ? off : value;
  }

  private static <T> List<T> or(List<T> value) {
    return value == null ? List.of() : value;
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  static void refuseContradictions(GenerationSettings settings) {
    Problems problems = new Problems();
    if (or(settings.numBeams(), 1) > 1) {
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
    Integer bos = settings.forcedBosTokenId();
    List<Integer> suppressed = or(settings.suppressTokens());
    refuseForced("bos", bos == null ? List.of() : List.of(bos), suppressed, problems);
    refuseForced("eos", or(settings.forcedEosTokenId()), suppressed, problems);
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

  private static void refuseForced(
      String what, List<Integer> forced, List<Integer> suppressed, Problems problems) {
    if (!forced.isEmpty() && new HashSet<>(suppressed).containsAll(forced)) {
      problems.add(
          "generation.forced_" + what + "_token_id",
          "all of "
              + forced
              + " are in suppress_tokens, so that no token is left; remove one of"
              + " the two");
    }
  }

  private static void refuseOrder(String what, int min, Integer max, Problems problems) {
    if (max != null && min > max) {
      problems.add(
          "generation.min_" + what,
          min + " is more than max_" + what + ", which is " + max + "; lower it");
    }
  }
}
