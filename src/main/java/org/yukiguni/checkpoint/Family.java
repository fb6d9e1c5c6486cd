package org.yukiguni.checkpoint;

import java.util.List;

/** What one architecture's files say: its keys of {@code config.json} and its weights. */
interface Family {
  ModelConfig config(ConfigJson json);

  List<Weight> layerWeights(ModelConfig config);

  List<Weight> endWeights(ModelConfig config);

  List<String> layerPrefixes(int layer);
}
