package org.yukiguni.job;

/** Whether the tokenizer puts its special tokens around a prompt. */
public enum AddSpecialTokens {
  /** Where the prompt is a text and the tokens stand before it only, as a BOS does. */
  AUTO,
  /** Always. */
  TRUE,
  /** Never. */
  FALSE
}
