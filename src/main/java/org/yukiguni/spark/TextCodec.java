package org.yukiguni.spark;

import java.util.List;
import java.util.function.Supplier;
import org.yukiguni.engine.StopCondition;

/** A model's tokeniser as the tasks see it; used by many threads at once. */
public interface TextCodec extends AutoCloseable {
  /** The prompt in tokens, nothing added. */
  int[] encode(String prompt);

  /** The prompt in tokens with the special tokens that the tokenizer puts around a text. */
  int[] encodeWithSpecialTokens(String prompt);

  /** The text of a completion, special tokens left out. */
  String decode(int[] tokens);

  /**
   * Makes the stop conditions of a row's completions.
   *
   * @param promptTokens what the completion follows
   * @param stopStrings at least one text that ends it
   */
  Supplier<StopCondition> stops(int[] promptTokens, List<String> stopStrings);

  @Override
  void close();
}
