package org.yukiguni.job;

import java.io.Serializable;

/**
 * Where the completions go.
 *
 * @param path folder
 * @param format of the files
 * @param mode what happens if the folder already holds results
 * @param incremental whether what the folder's runs have done already is not done again
 * @param tokenIds whether the column {@code token_ids} is written
 * @param table name in Spark's catalogue under which the folder can be queried; null for none
 */
public record OutputSpec(
    @Key(presence = Key.Presence.REQUIRED) String path,
    @Key(otherwise = "parquet") OutputFormat format,
    @Key(otherwise = "resume") OutputMode mode,
    @Key(otherwise = "false") boolean incremental,
    @Key(otherwise = "false") boolean tokenIds,
    String table)
    implements Serializable {}
