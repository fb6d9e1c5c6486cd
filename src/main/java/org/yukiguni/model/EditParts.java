package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.Stream;
import org.yukiguni.engine.LogitEdits;

/** The edits of all rows of a step, as the sampler's script takes them. */
final class EditParts {
  private final List<Upload.Part> parts;

  EditParts(Upload upload, List<LogitEdits> rows, int vocabularySize) {
    Pairs seen = new Pairs(vocabularySize);
    Pairs lowered = new Pairs(vocabularySize);
    Pairs forced = new Pairs(vocabularySize);
    Pairs banned = new Pairs(vocabularySize);
    for (int i = 0; i < rows.size(); i++) {
      LogitEdits edits = rows.get(i);
      seen.add(i, edits.seen(), edits.repetitionPenalty());
      lowered.add(i, edits.lowered(), edits.lowering());
      forced.add(i, edits.forced(), 0);
      banned.add(i, edits.banned(), 0);
    }
    parts =
        Stream.of(
                seen.indices(upload),
                seen.values(upload),
                lowered.indices(upload),
                lowered.values(upload),
                forced.indices(upload),
                banned.indices(upload))
            .toList();
  }

  /** In the order of the script's {@code edit}; once the upload is sent. */
  List<NDArray> tensors() {
    return parts.stream().map(Upload.Part::tensor).toList();
  }
}
