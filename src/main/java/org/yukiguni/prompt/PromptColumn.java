package org.yukiguni.prompt;

import java.util.Locale;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The columns of a dataset of prompts, in their order; the kept input columns follow. All but the
 * first two have names that no input column would have.
 */
// Spark's data types are immutable; they lack only the annotation.
@SuppressWarnings("ImmutableEnumChecker")
public enum PromptColumn {
  /** Names the row; never null, unique. */
  ID(DataTypes.StringType),
  /** The rendered prompt; null if the row has none. */
  PROMPT(DataTypes.StringType),
  /** The row's own generation settings as JSON, or null. */
  GENERATION(DataTypes.StringType),
  /** Whether the tokenizer adds its special tokens to the prompt. */
  ADD_SPECIAL_TOKENS(DataTypes.BooleanType),
  /** The {@code error_code} of a row that cannot become a prompt, or null. */
  ERROR_CODE(DataTypes.StringType),
  /** Why it cannot, or null. */
  ERROR_MESSAGE(DataTypes.StringType);

  private final DataType type;

  PromptColumn(DataType type) {
    this.type = type;
  }

  /** The column's name. */
  public String columnName() {
    String name = name().toLowerCase(Locale.ROOT);
    return this == ID || this == PROMPT ? name : "__" + name;
  }

  /** The column's type. */
  public DataType type() {
    return type;
  }
}
