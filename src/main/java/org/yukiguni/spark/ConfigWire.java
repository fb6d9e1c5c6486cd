package org.yukiguni.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.EarlyStopping;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Sampling;

/**
 * A {@link GenerationConfig} on its way to the executors. The engine's record holds optionals,
 * which Java does not serialise, and the engine does not know that it is ever sent anywhere.
 */
record ConfigWire(
    boolean doSample,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
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
    Sampling sampling = config.sampling();
    return new ConfigWire(
        sampling.doSample(),
        sampling.temperature(),
        sampling.topK(),
        sampling.topP(),
        sampling.minP(),
        sampling.repetitionPenalty(),
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
        new Sampling(doSample, temperature, topK, topP, minP, repetitionPenalty),
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

  private static Integer boxed(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
