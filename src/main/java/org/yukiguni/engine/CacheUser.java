package org.yukiguni.engine;

/** What gets room in the KV cache as one: a completion, or all beams of a request. */
sealed interface CacheUser permits Sequence, BeamGroup {
  ActiveRequest request();

  /** How many sequences it decodes at once. */
  int numRows();

  /** Whether it has room of its own, and not only its prompt's. */
  boolean isPlaced();
}
