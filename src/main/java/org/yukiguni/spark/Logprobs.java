package org.yukiguni.spark;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.TokenLogprobs;
import org.yukiguni.engine.TopTokens;

/** The nested column of log-probabilities; its field names are those of OpenAI's API. */
final class Logprobs {
  private static final StructType TOKEN =
      new StructType()
          .add("token_id", DataTypes.IntegerType, false)
          .add("logprob", DataTypes.FloatType, false);

  /** An array with one struct per new token. */
  static final ArrayType TYPE =
      new ArrayType(TOKEN.add("top_logprobs", new ArrayType(TOKEN, false), false), false);

  private Logprobs() {}

  /** The column's value of a completion; null if they were not asked for. */
  static Row[] of(Outcome.Completion completion) {
    List<TokenLogprobs> logprobs = completion.logprobs();
    if (logprobs.isEmpty()) {
      return null;
    }
    Row[] rows = new Row[logprobs.size()];
    for (int i = 0; i < rows.length; i++) {
      TokenLogprobs token = logprobs.get(i);
      rows[i] = RowFactory.create(completion.tokens()[i], token.logprob(), top(token.top()));
    }
    return rows;
  }

  private static Row[] top(TopTokens top) {
    Row[] rows = new Row[top.ids().length];
    for (int rank = 0; rank < rows.length; rank++) {
      rows[rank] = RowFactory.create(top.ids()[rank], top.logprobs()[rank]);
    }
    return rows;
  }
}
