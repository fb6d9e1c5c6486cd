package org.yukiguni.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.EarlyStopping;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;

/**
 * A {@link GenerationConfig} on its way to the executors. The engine's record holds optionals,
 * which Java does not serialise, and the engine does not know that it is ever sent anywhere.
 */
record ConfigWire(
    SamplingWire sampling,
    PenaltiesWire penalties,
    ConstraintsWire constraints,
    Integer maxNewTokens,
    Integer maxLength,
    int minNewTokens,
    int minLength,
    int numReturnSequences,
    long seed,
    ArrayList<Integer> eosTokenIds,
    ArrayList<String> stopStrings,
    int numBeams,
    double lengthPenalty,
    EarlyStopping earlyStopping)
    implements Serializable {

  static ConfigWire of(GenerationConfig config) {
    return new ConfigWire(
        SamplingWire.of(config.sampling()),
        PenaltiesWire.of(config.penalties()),
        ConstraintsWire.of(config.constraints()),
        boxed(config.maxNewTokens()),
        boxed(config.maxLength()),
        config.minNewTokens(),
        config.minLength(),
        config.numReturnSequences(),
        config.seed(),
        new ArrayList<>(config.eosTokenIds()),
        new ArrayList<>(config.stopStrings()),
        config.beams().numBeams(),
        config.beams().lengthPenalty(),
        config.beams().earlyStopping());
  }

  GenerationConfig config() {
    return new GenerationConfig(
        sampling.sampling(),
        penalties.penalties(),
        constraints.constraints(),
        optional(maxNewTokens),
        optional(maxLength),
        minNewTokens,
        minLength,
        numReturnSequences,
        seed,
        List.copyOf(eosTokenIds),
        List.copyOf(stopStrings),
        new Beams(numBeams, lengthPenalty, earlyStopping));
  }

  private record SamplingWire(
      boolean doSample,
      double temperature,
      int topK,
      double topP,
      double minP,
      double typicalP,
      double epsilonCutoff,
      double etaCutoff)
      implements Serializable {
    static SamplingWire of(Sampling s) {
      return new SamplingWire(
          s.doSample(),
          s.temperature(),
          s.topK(),
          s.topP(),
          s.minP(),
          s.typicalP(),
          s.epsilonCutoff(),
          s.etaCutoff());
    }

    Sampling sampling() {
      return new Sampling(
          doSample, temperature, topK, topP, minP, typicalP, epsilonCutoff, etaCutoff);
    }
  }

  private record PenaltiesWire(
      double repetitionPenalty, int repeatLastN, double presencePenalty, double frequencyPenalty)
      implements Serializable {
    static PenaltiesWire of(Penalties p) {
      return new PenaltiesWire(
          p.repetitionPenalty(), p.repeatLastN(), p.presencePenalty(), p.frequencyPenalty());
    }

    Penalties penalties() {
      return new Penalties(repetitionPenalty, repeatLastN, presencePenalty, frequencyPenalty);
    }
  }

  private record ConstraintsWire(
      int noRepeatNgramSize,
      ArrayList<ArrayList<Integer>> badWordsIds,
      ArrayList<Integer> suppressTokens,
      ArrayList<Integer> beginSuppressTokens,
      Integer forcedBosTokenId,
      ArrayList<Integer> forcedEosTokenIds)
      implements Serializable {
    static ConstraintsWire of(Constraints c) {
      ArrayList<ArrayList<Integer>> words = new ArrayList<>();
      c.badWordsIds().forEach(word -> words.add(new ArrayList<>(word)));
      return new ConstraintsWire(
          c.noRepeatNgramSize(),
          words,
          new ArrayList<>(c.suppressTokens()),
          new ArrayList<>(c.beginSuppressTokens()),
          boxed(c.forcedBosTokenId()),
          new ArrayList<>(c.forcedEosTokenIds()));
    }

    Constraints constraints() {
      return new Constraints(
          noRepeatNgramSize,
          List.copyOf(badWordsIds),
          suppressTokens,
          beginSuppressTokens,
          optional(forcedBosTokenId),
          forcedEosTokenIds);
    }
  }

  private static Integer boxed(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
