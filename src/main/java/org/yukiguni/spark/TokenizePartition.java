package org.yukiguni.spark;

import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Turns rows of (id, prompt, generation), with or without a struct of kept columns, into rows of
 * the plan. A prompt that cannot be tokenised becomes a row that says why; it does not stop the
 * run.
 */
public final class TokenizePartition implements MapPartitionsFunction<Row, Row> {
  private final ModelLoader loader;

  /** Uses the tokeniser of this loader's model. */
  public TokenizePartition(ModelLoader loader) {
    this.loader = loader;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    var lease = ExecutorEngines.codec(loader);
    GeneratePartition.atEnd(TaskContext.get(), lease::close);
    TextCodec codec = lease.value();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return planned(rows.next(), codec);
      }
    };
  }

  /** The order of the columns is that of {@link PlanColumn}. */
  private static Row planned(Row row, TextCodec codec) {
    String id = row.getString(0);
    String prompt = row.getString(1);
    int[] tokens = null;
    Double tokenizeMs = null;
    String error = null;
    if (prompt != null) {
      long start = System.nanoTime();
      try {
        tokens = codec.encode(prompt);
      } catch (RuntimeException e) {
        error = "Cannot tokenise the prompt because " + e.getMessage();
      }
      tokenizeMs = (System.nanoTime() - start) / 1e6;
    }
    String generation = row.getString(2);
    return row.length() > 3
        ? RowFactory.create(id, prompt, generation, tokens, tokenizeMs, error, row.get(3))
        : RowFactory.create(id, prompt, generation, tokens, tokenizeMs, error);
  }
}
