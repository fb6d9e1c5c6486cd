package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.Step.CacheOp;

/** What lies before the windows of all layers has no part in a token's logits. */
class WindowTest {
  private static final Path MISTRAL = Path.of("src/test/resources/fixtures/mistral");

  /** More than two of the attention kernel's blocks of 512 keys, so that some are hidden whole. */
  private static final int LENGTH = 1200;

  @TempDir Path folder;

  @Test
  void tokensBeforeTheWindowsChangeNoBit() throws IOException {
    try (TorchModel model =
        TorchModel.open(LongContext.of(MISTRAL, folder), new ModelOptions("cpu", 2))) {
      int[] prompt = new Random(3).ints(LENGTH, 0, 700).toArray();
      int[] other = prompt.clone();
      // Two layers with a window of 10 see 18 positions back.
      Arrays.fill(other, 0, LENGTH - 19, 5);
      float[] logits = logits(model, prompt);
      assertThat(logits).doesNotContain(Float.NaN).isEqualTo(logits(model, other));
      other[LENGTH - 19] = prompt[LENGTH - 19];
      other[LENGTH - 18] = prompt[LENGTH - 18] == 5 ? 6 : 5;
      assertThat(logits).isNotEqualTo(logits(model, other));
    }
  }

  /** Of the last token of the prompt at the end of one chunk, of two, and decoded. */
  private static float[] logits(TorchModel model, int[] prompt) {
    int last = prompt.length - 1;
    float[] whole = chunks(model, prompt, 0, prompt.length);
    model.clearCache();
    float[] second = chunks(model, prompt, 0, 700, prompt.length);
    model.clearCache();
    chunks(model, prompt, 0, last);
    float[] decoded =
        step(
            model,
            List.of(),
            new int[] {prompt[last]},
            new int[] {last},
            List.of(new Step.DecodeGroup(0, 1, 1536)),
            List.of());
    model.clearCache();
    float[] all = Arrays.copyOf(whole, 3 * whole.length);
    System.arraycopy(second, 0, all, whole.length, whole.length);
    System.arraycopy(decoded, 0, all, 2 * whole.length, whole.length);
    return all;
  }

  private static float[] chunks(TorchModel model, int[] prompt, int... cuts) {
    float[] logits = {};
    for (int c = 0; c + 1 < cuts.length; c++) {
      logits =
          step(
              model,
              c == 0 ? List.of(new CacheOp.Allocate(0, 1, 1536)) : List.of(),
              Arrays.copyOfRange(prompt, cuts[c], cuts[c + 1]),
              IntStream.range(cuts[c], cuts[c + 1]).toArray(),
              List.of(),
              List.of(new Step.PrefillChunk(0, 0, cuts[c], cuts[c + 1] - cuts[c])));
    }
    return logits;
  }

  private static float[] step(
      TorchModel model,
      List<CacheOp> ops,
      int[] tokens,
      int[] positions,
      List<Step.DecodeGroup> groups,
      List<Step.PrefillChunk> chunks) {
    try (NDManager scope = model.newScope()) {
      Step step = new Step(ops, tokens, positions, groups, chunks, List.of(), List.of());
      return model.logits(scope, step, new int[] {tokens.length - 1}).toFloatArray();
    }
  }
}
