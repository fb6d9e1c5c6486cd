package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.yukiguni.engine.BeamCandidates;
import org.yukiguni.engine.Step.BeamRow;
import org.yukiguni.engine.TopTokens;
import org.yukiguni.script.ScriptModule;

/** The best continuations of beams: the script's {@code search}. */
final class BeamDraw {
  private final ScriptModule module;
  private final Upload.Part source;
  private final EditParts edits;
  private final Upload.Part scores;
  private final int[] topK;
  private final Upload.Part limits;
  private final int width;
  private final TopDraw tops;
  private NDArray result;

  /**
   * Adds what the device must know to an upload.
   *
   * @param source for each beam the row of the logits
   */
  BeamDraw(
      ScriptModule module, int vocabularySize, Upload upload, long[] source, List<BeamRow> beams) {
    this.module = module;
    this.source = upload.add(source);
    this.edits = new EditParts(upload, beams.stream().map(BeamRow::edits).toList(), vocabularySize);
    this.scores = upload.add(beams.stream().mapToDouble(BeamRow::score).toArray());
    this.topK =
        beams.stream().mapToInt(beam -> Math.min(beam.candidates(), vocabularySize)).toArray();
    this.limits = upload.add(topK);
    this.width = Arrays.stream(topK).max().orElse(1);
    int[] wanted = beams.stream().mapToInt(BeamRow::top).toArray();
    this.tops = new TopDraw(module, vocabularySize, upload, source, wanted);
  }

  /**
   * Begins, once the upload is sent.
   *
   * @param logits [U, V]
   */
  void start(NDManager scope, NDArray logits) {
    if (topK.length > 0) {
      result =
          module.tensor(
              scope,
              "search",
              logits,
              source.tensor(),
              edits.tensors(),
              scores.tensor(),
              limits.tensor(),
              width);
      tops.start(scope, logits);
    }
  }

  /** Of each beam; waits for the device. */
  List<BeamCandidates> finish() {
    List<BeamCandidates> all = new ArrayList<>();
    double[] values = result == null ? new double[0] : result.toDoubleArray();
    List<TopTokens> top = tops.finish();
    int plane = topK.length * width;
    for (int i = 0; i < topK.length; i++) {
      int[] tokens = new int[topK[i]];
      float[] found = new float[topK[i]];
      float[] logprobs = new float[topK[i]];
      for (int rank = 0; rank < topK[i]; rank++) {
        int at = i * width + rank;
        tokens[rank] = (int) values[at];
        found[rank] = (float) values[plane + at];
        logprobs[rank] = (float) values[2 * plane + at];
      }
      all.add(new BeamCandidates(tokens, found, logprobs, top.get(i)));
    }
    return all;
  }
}
