package org.yukiguni.spark;

import java.io.Serializable;
import java.util.List;
import org.yukiguni.model.TrainingRow;

/**
 * Rows that go through a model together; the unit of a step that a task computes.
 *
 * @param scale factor of the sum of their losses; 0 to compute no gradients
 * @param dropoutKeys for each row the key of its random numbers; empty for no dropout
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
public record MicroBatch(List<TrainingRow> rows, double scale, long[] dropoutKeys)
    implements Serializable {
  public MicroBatch {
    rows = List.copyOf(rows);
  }
}
