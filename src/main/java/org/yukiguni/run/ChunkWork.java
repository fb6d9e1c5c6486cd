package org.yukiguni.run;

import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What is to be done for a chunk.
 *
 * @param chunk its number
 * @param rows of the plan, to generate for
 * @param kept output rows that it has already and that stay; empty if there are none
 * @param target folder to write, overwritten whole and marked at the end
 */
record ChunkWork(int chunk, Dataset<Row> rows, Optional<Dataset<Row>> kept, Path target) {
  /** All output rows of the chunk, given those that were generated. */
  Dataset<Row> with(Dataset<Row> generated) {
    return kept.map(rows -> rows.union(generated)).orElse(generated);
  }
}
