package org.yukiguni.job;

/** How the completions are written. */
public enum OutputFormat {
  /** Apache Parquet. */
  PARQUET
}
