package org.yukiguni.report;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What there is to report on.
 *
 * @param run what is known of the run
 * @param rows the output rows of its finished chunks: the columns of {@link
 *     org.yukiguni.spark.OutputColumn}, with {@code chunk} and the kept columns, without {@code
 *     token_ids} and {@code run_id}
 */
public record Output(RunFacts run, Dataset<Row> rows) {}
