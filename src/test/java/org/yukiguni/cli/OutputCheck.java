package org.yukiguni.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.spark.LocalSpark;

/**
 * Compares what lies in an output folder with its plan and with a run that nothing disturbed.
 *
 * @param rows that the plan asks for
 * @param lost rows that are not there
 * @param doubled rows that are there more than once, and rows that nobody asked for
 * @param different rows whose token ids are others; an error row is one
 */
record OutputCheck(long rows, long lost, long doubled, long different) {
  /**
   * Reads the one run of a folder, all of it.
   *
   * @param expected token ids by id and sequence index, as {@link #tokens} gives them
   * @param completionsPerRow of the job
   */
  static OutputCheck of(Path output, int completionsPerRow, Map<String, List<Integer>> expected) {
    return compare(plan(output), rows(output.toString()), completionsPerRow, expected);
  }

  /** The same for the chunks that are finished, of a run that is not. */
  static OutputCheck ofFinished(
      Path output, int completionsPerRow, Map<String, List<Integer>> expected) throws IOException {
    List<Path> chunks = finishedChunks(output);
    Object[] numbers =
        chunks.stream()
            .map(chunk -> Integer.valueOf(chunk.getFileName().toString().replace("chunk=", "")))
            .toArray();
    return compare(
        plan(output).where(col("chunk").isin(numbers)),
        rows(chunks.stream().map(Path::toString).toArray(String[]::new)),
        completionsPerRow,
        expected);
  }

  /** The folders of a run that bear the mark of Spark's committer. */
  static List<Path> finishedChunks(Path output) throws IOException {
    if (!Files.exists(output)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(path -> path.endsWith("_SUCCESS") && path.toString().contains("/chunk="))
          .filter(path -> !path.toString().contains("_yukiguni"))
          .map(Path::getParent)
          .toList();
    } catch (UncheckedIOException e) {
      // A folder that Spark removes meanwhile.
      return List.of();
    }
  }

  private static OutputCheck compare(
      Dataset<Row> plan,
      List<Row> rows,
      int completionsPerRow,
      Map<String, List<Integer>> expected) {
    Set<String> planned = new HashSet<>();
    for (Row row : plan.select("id").collectAsList()) {
      for (int i = 0; i < completionsPerRow; i++) {
        planned.add(row.getString(0) + "/" + i);
      }
    }
    assertThat(planned).isNotEmpty();
    Map<String, Integer> seen = new HashMap<>();
    List<String> different = new ArrayList<>();
    for (Row row : rows) {
      String key = key(row);
      seen.merge(key, 1, Integer::sum);
      if (!Objects.equals(expected.get(key), row.isNullAt(2) ? null : row.<Integer>getList(2))) {
        different.add(key);
      }
    }
    long lost = planned.stream().filter(key -> !seen.containsKey(key)).count();
    long doubled =
        seen.entrySet().stream()
            .filter(entry -> entry.getValue() > 1 || !planned.contains(entry.getKey()))
            .count();
    return new OutputCheck(planned.size(), lost, doubled, different.size());
  }

  /** The token ids of a folder by id and sequence index. */
  static Map<String, List<Integer>> tokens(Path output) {
    Map<String, List<Integer>> tokens = new HashMap<>();
    for (Row row : rows(output.toString())) {
      tokens.put(key(row), row.isNullAt(2) ? null : row.getList(2));
    }
    return tokens;
  }

  private static Dataset<Row> plan(Path output) {
    return LocalSpark.session().read().parquet(output.resolve("_yukiguni") + "/*/plan");
  }

  private static List<Row> rows(String... folders) {
    return LocalSpark.session()
        .read()
        .parquet(folders)
        .select("id", "sequence_index", "token_ids")
        .collectAsList();
  }

  private static String key(Row row) {
    return row.getString(0) + "/" + row.getInt(1);
  }
}
