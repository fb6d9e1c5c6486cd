package org.yukiguni.checkpoint;

import java.util.List;

/** What one architecture's files say: its keys of {@code config.json} and its weights. */
interface Family {
  ModelConfig config(ConfigJson json);

  List<Weight> layerWeights(ModelConfig config);

  List<Weight> endWeights(ModelConfig config);

  List<String> layerPrefixes(int layer);

  /** How the layers' linear weights are stored. */
  default LowRank.Layout layerLayout() {
    return LowRank.Layout.OUT_IN;
  }

  /** What {@code configure} of the architecture's script takes, in its order. */
  List<Object> scriptArguments(ModelConfig config);

  /** Full names of stored tensors that change nothing: buffers, and a copy of a tied head. */
  boolean isIgnorable(String name, ModelConfig config);
}
