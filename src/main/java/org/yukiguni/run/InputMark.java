package org.yukiguni.run;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.prompt.PromptColumn;

/**
 * Tells one content of an input from another, whatever the order of its rows.
 *
 * @param rows of the input
 * @param hash over all columns of all rows
 */
record InputMark(long rows, String hash) {
  /** Looks once over all prompts. */
  static InputMark of(Dataset<Row> prompts) {
    List<Column> columns = new ArrayList<>();
    for (String name : prompts.columns()) {
      columns.add(col(Planner.quoted(name)));
    }
    int own = PromptColumn.values().length;
    // Kept columns may be maps, which have no hash.
    List<Column> hashed = new ArrayList<>(columns.subList(0, own));
    if (columns.size() > own) {
      hashed.add(to_json(struct(columns.subList(own, columns.size()).toArray(Column[]::new))));
    }
    Row mark = prompts.agg(count(lit(1)), bit_xor(xxhash64(hashed.toArray(Column[]::new)))).head();
    return new InputMark(
        mark.getLong(0), mark.isNullAt(1) ? "none" : "%016x".formatted(mark.getLong(1)));
  }
}
