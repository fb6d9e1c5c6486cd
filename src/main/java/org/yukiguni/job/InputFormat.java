package org.yukiguni.job;

/** How the files at {@code input.path} are written. */
public enum InputFormat {
  /** One JSON object per line. */
  JSONL,
  /** Files that each hold one JSON object or one array of objects. */
  JSON,
  /** Comma-separated values with a header line; all columns are text. */
  CSV,
  /** One row per line, in the column {@code value}. */
  TEXT,
  /** Apache Parquet. */
  PARQUET,
  /** Apache ORC. */
  ORC,
  /** A file for OpenAI's Batch API: a request to chat/completions or completions on each line. */
  OPENAI_BATCH
}
