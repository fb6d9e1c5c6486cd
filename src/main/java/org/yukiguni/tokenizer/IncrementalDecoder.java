package org.yukiguni.tokenizer;

/**
 * The text of one growing token sequence, given out as soon as no later token can change it.
 *
 * <p>A token may hold a part of a character only (bytes of UTF-8); what is not yet a character is
 * held back. With p the prompt the decoder was made with, c the tokens accepted since, and text(s)
 * the full decoding of a sequence s:
 *
 * <pre>
 * text(p + c) = settled(p) + accept(c1) + … + accept(cn) + pending()
 * </pre>
 *
 * where settled(p) is the part of text(p) that no continuation can change: all of it unless the
 * prompt ends inside a character. The cost of a token does not grow with the length of the
 * sequence.
 *
 * <p>Not for use by several threads at once.
 */
public interface IncrementalDecoder {
  /** Takes the next token and returns the text that it settled, often empty or one word. */
  String accept(int token);

  /** The text held back so far, as it reads if the sequence ends here. */
  default String pending() {
    return pendingTail(Integer.MAX_VALUE);
  }

  /**
   * The last chars of {@link #pending}.
   *
   * @param maxChars the most UTF-16 units to return
   */
  String pendingTail(int maxChars);

  /** A second decoder in the same state, for another continuation of the same sequence. */
  IncrementalDecoder fork();
}
