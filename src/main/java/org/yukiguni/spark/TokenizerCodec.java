package org.yukiguni.spark;

import java.util.List;
import java.util.function.Supplier;
import org.yukiguni.engine.StopCondition;
import org.yukiguni.tokenizer.StopStrings;
import org.yukiguni.tokenizer.Tokenizer;

/** A model's tokeniser. */
record TokenizerCodec(Tokenizer tokenizer) implements TextCodec {
  @Override
  public int[] encode(String prompt) {
    return tokenizer.encode(prompt);
  }

  @Override
  public int[] encodeWithSpecialTokens(String prompt) {
    return tokenizer.encodeWithSpecialTokens(prompt);
  }

  @Override
  public String decode(int[] tokens) {
    return tokenizer.decodeSkippingSpecialTokens(tokens);
  }

  @Override
  public Supplier<StopCondition> stops(int[] promptTokens, List<String> stopStrings) {
    return StopStrings.supplier(tokenizer, promptTokens, stopStrings);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
