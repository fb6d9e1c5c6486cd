package org.yukiguni.spark;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.RowSettings;
import org.yukiguni.prompt.PromptColumn;

/**
 * Turns rows of prompts into rows of the plan: tokenised, and with the number of output rows that
 * each gets. A row that cannot be given to the engine becomes a row that says why; it does not stop
 * the run.
 */
public final class TokenizePartition implements MapPartitionsFunction<Row, Row> {
  private final ModelLoader loader;
  private final RowSettings settings;
  private final StructType schema;

  private TokenizePartition(ModelLoader loader, RowSettings settings, StructType schema) {
    this.loader = loader;
    this.settings = settings;
    this.schema = schema;
  }

  /**
   * The plan of some prompts; lazy.
   *
   * @param prompts columns as {@link PromptColumn} has them and {@link PlanColumn#REQUEST_HASH},
   *     then the struct {@link PlanColumn#KEPT} if columns are kept
   * @param kept the fields of that struct
   * @param loader whose tokeniser is used
   * @param settings of each row
   */
  public static Dataset<Row> plan(
      Dataset<Row> prompts, List<StructField> kept, ModelLoader loader, RowSettings settings) {
    StructType schema = PlanColumn.schema(kept);
    return prompts.mapPartitions(
        new TokenizePartition(loader, settings, schema), Encoders.row(schema));
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

  private Row planned(Row row, TextCodec codec) {
    Draft draft = new Draft(row, settings.config().numReturnSequences());
    if (draft.errorCode == null) {
      draft.check(settings);
    }
    if (draft.errorCode == null) {
      draft.tokenize(codec);
    }
    return draft.row(schema);
  }

  /** A row of the plan while it is made. */
  private static final class Draft {
    private final Row row;
    private final String prompt;
    private int numSequences;
    private int[] tokens;
    private Double tokenizeMs;
    private String errorCode;
    private String errorMessage;

    Draft(Row row, int numSequences) {
      this.row = row;
      this.prompt = text(PromptColumn.PROMPT);
      this.errorCode = text(PromptColumn.ERROR_CODE);
      this.errorMessage = text(PromptColumn.ERROR_MESSAGE);
      this.numSequences = numSequences;
      if (errorCode == null && prompt == null) {
        fail(ErrorCode.PROMPT_NULL, "because the prompt is null; fill the column or drop the row");
      }
    }

    private void fail(ErrorCode code, String reason) {
      errorCode = code.label();
      errorMessage = "Cannot generate " + reason;
    }

    private String text(PromptColumn column) {
      return row.getAs(column.columnName());
    }

    private void check(RowSettings settings) {
      try {
        numSequences = settings.config(text(PromptColumn.GENERATION)).numReturnSequences();
      } catch (InvalidJobException e) {
        fail(
            ErrorCode.GENERATION_SETTINGS,
            "because the row's settings are wrong: " + String.join("; ", e.problems()));
      }
    }

    private void tokenize(TextCodec codec) {
      boolean isPlain = !row.<Boolean>getAs(PromptColumn.ADD_SPECIAL_TOKENS.columnName());
      long start = System.nanoTime();
      try {
        int[] ids = isPlain ? codec.encode(prompt) : codec.encodeWithSpecialTokens(prompt);
        tokens = ids;
        if (ids.length == 0) {
          fail(ErrorCode.PROMPT_EMPTY, "because the prompt has no token; give it a text");
        }
      } catch (RuntimeException e) {
        errorCode = ErrorCode.TOKENIZER.label();
        errorMessage = "Cannot tokenise the prompt because " + e.getMessage();
      }
      tokenizeMs = (System.nanoTime() - start) / 1e6;
    }

    /**
     * The order of the columns is that of {@link PlanColumn}. With the schema, since Spark hands
     * the row as it is to a function that follows at once.
     */
    private Row row(StructType schema) {
      Object[] values = {
        text(PromptColumn.ID),
        prompt,
        text(PromptColumn.GENERATION),
        row.getAs(PlanColumn.REQUEST_HASH.columnName()),
        numSequences,
        tokens,
        tokenizeMs,
        errorCode,
        errorMessage
      };
      // The request hash stands before it.
      int kept = PromptColumn.values().length + 1;
      Object[] all = Arrays.copyOf(values, schema.length());
      if (all.length > values.length) {
        all[values.length] = row.get(kept);
      }
      return new GenericRowWithSchema(all, schema);
    }
  }
}
