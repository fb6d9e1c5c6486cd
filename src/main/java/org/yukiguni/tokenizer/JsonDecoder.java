package org.yukiguni.tokenizer;

import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * Incremental decoding over a decoder that is a black box: a window of the last tokens is decoded
 * again with every token, and what its text has gained is given out.
 *
 * <p>Two things of tokenizers' decoders must be known. {@code ByteLevel} reads an unfinished
 * character as one U+FFFD at the end of the text, so a last U+FFFD is held back. {@code
 * ByteFallback} makes what a byte token reads as depend on all byte tokens around it, so a run of
 * them is held back until it has ended.
 *
 * <p>A window may begin anywhere before the settled text: what its first tokens lose by the cut, a
 * blank or a part of a character, they lose in every decoding alike, and UTF-8 is back in step
 * after three bytes.
 */
final class JsonDecoder implements IncrementalDecoder {
  /** The tokens after which the window is cut, and those that are left then. */
  private static final int WINDOW = 32;

  private static final int KEPT = 8;

  private final Function<int[], String> decode;
  private final IntPredicate ignored;
  private final ByteFallback byteFallback;
  private final TokenBuffer window;

  /** The run of byte tokens that the window ends in, or null. */
  private ByteFallback.Run run;

  /** The chars of the window's text that have been given out. */
  private int settled;

  /** What follows them, without the run. */
  private String unfinished = "";

  /**
   * Makes a decoder behind a prompt.
   *
   * @param decode the text of known ids
   * @param ignored the ids that decode to nothing and end no run of byte tokens
   */
  JsonDecoder(
      Function<int[], String> decode,
      IntPredicate ignored,
      ByteFallback byteFallback,
      int[] promptTokens) {
    this(decode, ignored, byteFallback, new TokenBuffer());
    for (int id : promptTokens) {
      append(id);
    }
    advance();
  }

  private JsonDecoder(
      Function<int[], String> decode,
      IntPredicate ignored,
      ByteFallback byteFallback,
      TokenBuffer window) {
    this.decode = decode;
    this.ignored = ignored;
    this.byteFallback = byteFallback;
    this.window = window;
  }

  @Override
  public String accept(int id) {
    append(id);
    return ignored.test(id) || run != null ? "" : advance();
  }

  private void append(int id) {
    if (ignored.test(id)) {
      return;
    }
    Byte value = byteFallback.tokens().get(id);
    if (value == null) {
      run = null;
    } else {
      if (run == null) {
        run = window.size() == 0 ? byteFallback.firstRun() : byteFallback.laterRun();
      }
      run.add(value);
    }
    window.add(id);
  }

  /** Decodes all but an open run and returns what has settled since the last time. */
  private String advance() {
    int closed = window.size() - (run == null ? 0 : run.length());
    String text = decode.apply(window.slice(0, closed));
    boolean mayChange = byteFallback.isNone() && text.endsWith(String.valueOf(Utf8.REPLACEMENT));
    int end = mayChange ? text.length() - 1 : text.length();
    String gained = text.substring(settled, end);
    settled = end;
    unfinished = text.substring(end);
    if (closed > WINDOW) {
      cut(closed);
    }
    return gained;
  }

  private void cut(int closed) {
    String kept = decode.apply(window.slice(closed - KEPT, closed));
    // Without settled text in it the window would look like the start of a sequence.
    if (kept.length() > unfinished.length() && kept.endsWith(unfinished)) {
      settled = kept.length() - unfinished.length();
      window.dropFirst(closed - KEPT);
    }
  }

  @Override
  public String pendingTail(int maxChars) {
    String tail = run == null ? unfinished : unfinished + run.tail(maxChars);
    return tail.substring(Math.max(0, tail.length() - maxChars));
  }

  @Override
  public IncrementalDecoder fork() {
    JsonDecoder fork = new JsonDecoder(decode, ignored, byteFallback, window.copy());
    fork.run = run == null ? null : run.copy();
    fork.settled = settled;
    fork.unfinished = unfinished;
    return fork;
  }
}
