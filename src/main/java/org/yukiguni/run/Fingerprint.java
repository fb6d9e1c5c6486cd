package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.yukiguni.job.Job;

/**
 * What makes two runs the same: everything that changes which rows are written or what is in them.
 * The name, the device, the engine's limits, the chunk size and the output folder are no part of
 * it, so they may be changed between a crash and the resume. The input's and a model folder's
 * content are no part of it either: the plan holds the input, the model is named by its revision,
 * an adapter by its hash.
 */
final class Fingerprint {
  private Fingerprint() {}

  /** 64 hex digits for a job and what was resolved for it. */
  static String of(RunRequest request) {
    Job job = request.job();
    return sha256(
        String.join(
            "\n",
            job.input().toString(),
            job.prompt().toString(),
            "tokenIds=" + job.output().tokenIds(),
            requestKey(request)));
  }

  /** The part of it that decides which tokens a prompt gets. */
  static String requestKey(RunRequest request) {
    Job job = request.job();
    return String.join(
        "\n",
        job.model().path(),
        String.valueOf(request.modelRevision()),
        String.valueOf(request.adapter()),
        job.model().dtype().toString(),
        job.model().quantization().toString(),
        request.generation().config().toString());
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
