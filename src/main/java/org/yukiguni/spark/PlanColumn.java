package org.yukiguni.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of the plan: one row per prompt, tokenised. */
// Spark's data types are immutable; they lack only the annotation.
@SuppressWarnings("ImmutableEnumChecker")
public enum PlanColumn {
  /** The prompt's id; null only until the plan was checked. */
  ID(DataTypes.StringType),
  /** The rendered prompt; null if the input's was. */
  PROMPT(DataTypes.StringType),
  /** The row's own generation settings as JSON; null if it has none. */
  GENERATION(DataTypes.StringType),
  /** What is asked for, see {@link OutputColumn#REQUEST_HASH}. */
  REQUEST_HASH(DataTypes.StringType),
  /** How many output rows the prompt gets: the row's {@code num_return_sequences}. */
  NUM_SEQUENCES(DataTypes.IntegerType),
  /** The prompt in tokens; null if there is no prompt or it could not be tokenised. */
  PROMPT_TOKEN_IDS(new ArrayType(DataTypes.IntegerType, false)),
  /** Milliseconds the tokeniser took. */
  TOKENIZE_MS(DataTypes.DoubleType),
  /** The {@code error_code} of a row that is not given to the engine, or null. */
  ERROR_CODE(DataTypes.StringType),
  /** Why it is not, or null. */
  ERROR_MESSAGE(DataTypes.StringType);

  /** The struct that holds the kept input columns, so that their names are free. */
  public static final String KEPT = "kept";

  private final DataType type;

  PlanColumn(DataType type) {
    this.type = type;
  }

  /** The column's name in the files. */
  public String columnName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The plan's columns with the given input columns kept; the struct is left out if none are. */
  public static StructType schema(List<StructField> kept) {
    List<StructField> fields = new ArrayList<>();
    for (PlanColumn column : values()) {
      fields.add(DataTypes.createStructField(column.columnName(), column.type, true));
    }
    if (!kept.isEmpty()) {
      fields.add(DataTypes.createStructField(KEPT, DataTypes.createStructType(kept), false));
    }
    return DataTypes.createStructType(fields);
  }
}
