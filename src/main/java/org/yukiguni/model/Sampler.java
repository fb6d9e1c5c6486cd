package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.Step.BeamRow;
import org.yukiguni.engine.Step.SampleRow;
import org.yukiguni.engine.StepResult;
import org.yukiguni.script.ScriptModule;

/**
 * Draws next tokens, and finds the best ones of beams, where the logits are, and brings ids and
 * log-probabilities back.
 */
final class Sampler implements AutoCloseable {
  /**
   * How many of the largest logits are tried first where top_k is off. Hardly a text with top_p
   * 0.95 needs more; sorting 32,000 takes twenty times as long as finding these.
   */
  private static final int FIRST_WIDTH = 256;

  /** How many times more are tried where those were too few. */
  private static final int WIDENING = 16;

  private final ScriptModule module;
  private final Upload.Sender sender;
  private final int vocabularySize;
  private final int firstWidth;

  /**
   * Compiles the sampler.
   *
   * @param sender to where the logits are
   */
  Sampler(NDManager manager, Upload.Sender sender, int vocabularySize) {
    this(manager, sender, vocabularySize, FIRST_WIDTH);
  }

  Sampler(NDManager manager, Upload.Sender sender, int vocabularySize, int firstWidth) {
    this.module = ScriptModule.compile(manager, "sampler", List.of("sampler.py"));
    this.sender = sender;
    this.vocabularySize = vocabularySize;
    this.firstWidth = firstWidth;
  }

  /** What one step wants drawn. Made before the step's upload is sent, started behind the model. */
  final class Draws {
    private final long[] source;
    private final List<SampleRow> samples;
    private final TokenDraw tokenDraw;
    private final TopDraw topDraw;
    private final BeamDraw beamDraw;
    private NDArray logits;
    private NDArray first;

    /**
     * Adds what the device must know to the step's upload.
     *
     * @param upload that goes with the sender
     * @param rows the step's tokens that have logits, rising
     */
    Draws(Upload upload, int[] rows, List<SampleRow> samples, List<BeamRow> beams) {
      this.source = samples.stream().mapToLong(s -> rowOf(s.token(), rows)).toArray();
      this.samples = samples;
      this.tokenDraw = draw(upload, source, samples, 1);
      int[] wanted = samples.stream().mapToInt(SampleRow::top).toArray();
      this.topDraw = new TopDraw(module, vocabularySize, upload, source, wanted);
      long[] beamSource = beams.stream().mapToLong(b -> rowOf(b.token(), rows)).toArray();
      this.beamDraw = new BeamDraw(module, vocabularySize, upload, beamSource, beams);
    }

    private static long rowOf(int token, int[] rows) {
      return Arrays.binarySearch(rows, token);
    }

    /**
     * Begins to draw.
     *
     * @param logits [U, V], one for each of the rows
     */
    void start(NDManager scope, NDArray logits) {
      this.logits = logits;
      if (!samples.isEmpty()) {
        first = tokenDraw.start(scope, logits);
        topDraw.start(scope, logits);
      }
      beamDraw.start(scope, logits);
    }

    /** Waits for what was drawn. */
    StepResult finish(NDManager scope) {
      int n = samples.size();
      int[] tokens = new int[n];
      float[] logprobs = new float[n];
      int[] open = IntStream.range(0, n).toArray();
      NDArray result = first;
      // Whether it looked at enough comes with the result, so that a GPU's work is waited for once.
      for (int factor = WIDENING; open.length > 0; factor *= WIDENING) {
        double[] found = result.toDoubleArray();
        int m = open.length;
        for (int i = 0; i < m; i++) {
          logprobs[open[i]] = (float) found[m + i];
          tokens[open[i]] = Double.isNaN(found[m + i]) ? -1 : (int) found[i];
        }
        int[] tried = open;
        open =
            IntStream.range(0, m).filter(i -> found[2 * m + i] == 0).map(i -> tried[i]).toArray();
        if (open.length > 0) {
          result = drawAgain(scope, open, factor);
        }
      }
      return new StepResult(tokens, logprobs, topDraw.finish(), beamDraw.finish());
    }

    private NDArray drawAgain(NDManager scope, int[] open, int factor) {
      Upload upload = new Upload();
      TokenDraw again =
          draw(
              upload,
              Arrays.stream(open).mapToLong(i -> source[i]).toArray(),
              Arrays.stream(open).mapToObj(samples::get).toList(),
              factor);
      upload.send(sender, scope);
      return again.start(scope, logits);
    }
  }

  private TokenDraw draw(Upload upload, long[] source, List<SampleRow> rows, int factor) {
    return new TokenDraw(module, vocabularySize, firstWidth, factor, upload, source, rows);
  }

  @Override
  public void close() {
    module.close();
  }
}
