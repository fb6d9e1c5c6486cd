package org.yukiguni.tokenizer;

/** What decoding does with special tokens. */
enum SpecialTokenMode {
  /** They are taken out of the sequence first, as with {@code skip_special_tokens=True}. */
  SKIPPED,
  /** They stay in the sequence and read as the reference library reads them. */
  DECODED,
  /** They read as their content, such as {@code </s>}. */
  LITERAL
}
