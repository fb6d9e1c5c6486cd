package org.yukiguni.tokenizer;

import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * Incremental decoding over a decoder that is a black box: a window of the last tokens is decoded
 * again with every token, and what its text has gained is given out.
 *
 * <p>Two things of tokenizers' decoders must be known. {@code ByteLevel} reads an unfinished
 * character as one U+FFFD at the end of the text, so a last U+FFFD is held back. {@code
 * ByteFallback} reads a run of byte tokens as U+FFFD throughout unless all of it is UTF-8, so a run
 * is held back until it has ended.
 *
 * <p>A window may begin anywhere before the settled text: what its first tokens lose by the cut, a
 * blank or a part of a character, they lose in every decoding alike, and UTF-8 is back in step
 * after three bytes.
 */
final class JsonDecoder implements IncrementalDecoder {
  private static final int WINDOW = 48;
  private static final int KEPT = 8;

  private final Function<int[], String> decode;
  private final IntPredicate ignored;
  private final Map<Integer, Byte> byteTokens;
  private final TokenBuffer window;
  private final OpenRun run;

  /** The chars of the window's text that have been given out, and those behind them. */
  private int settled;

  private String pending = "";

  /**
   * Makes a decoder behind a prompt.
   *
   * @param decode the text of known ids
   * @param ignored the ids that decode to nothing and break no run
   * @param byteTokens the bytes of byte tokens by id
   */
  JsonDecoder(
      Function<int[], String> decode,
      IntPredicate ignored,
      Map<Integer, Byte> byteTokens,
      int[] promptTokens) {
    this(decode, ignored, byteTokens, new TokenBuffer(), new OpenRun());
    for (int id : promptTokens) {
      append(id);
    }
    advance();
  }

  private JsonDecoder(
      Function<int[], String> decode,
      IntPredicate ignored,
      Map<Integer, Byte> byteTokens,
      TokenBuffer window,
      OpenRun run) {
    this.decode = decode;
    this.ignored = ignored;
    this.byteTokens = byteTokens;
    this.window = window;
    this.run = run;
  }

  @Override
  public String accept(int id) {
    if (ignored.test(id)) {
      return "";
    }
    append(id);
    return run.isOpen() ? "" : advance();
  }

  private void append(int id) {
    if (!ignored.test(id)) {
      window.add(id);
      Byte value = byteTokens.get(id);
      if (value == null) {
        run.close();
      } else {
        run.add(value);
      }
    }
  }

  /** Decodes all but an open run and returns what has settled since the last time. */
  private String advance() {
    int closed = window.size() - run.length();
    String text = decode.apply(window.slice(0, closed));
    boolean unfinished = byteTokens.isEmpty() && text.endsWith(String.valueOf(Utf8.REPLACEMENT));
    int end = Math.max(settled, unfinished ? text.length() - 1 : text.length());
    String gained = text.substring(Math.min(settled, text.length()), Math.min(end, text.length()));
    settled = Math.min(end, text.length());
    pending = text.substring(settled);
    if (closed > WINDOW) {
      cut(closed);
    }
    return gained;
  }

  private void cut(int closed) {
    String kept = decode.apply(window.slice(closed - KEPT, closed));
    if (kept.length() > pending.length() && kept.endsWith(pending)) {
      settled = kept.length() - pending.length();
      window.dropFirst(closed - KEPT);
    }
  }

  @Override
  public String pendingTail(int maxChars) {
    String tail = run.isOpen() ? pending + run.tail(maxChars) : pending;
    return tail.substring(Math.max(0, tail.length() - maxChars));
  }

  @Override
  public IncrementalDecoder fork() {
    JsonDecoder fork = new JsonDecoder(decode, ignored, byteTokens, window.copy(), run.copy());
    fork.settled = settled;
    fork.pending = pending;
    return fork;
  }

  /** A run of byte tokens whose end has not come. */
  private static final class OpenRun {
    private int length;
    private StringBuilder text = new StringBuilder();
    private Utf8Assembler bytes = new Utf8Assembler();

    boolean isOpen() {
      return length > 0;
    }

    int length() {
      return length;
    }

    void add(byte value) {
      length++;
      bytes.add(value, text);
    }

    void close() {
      if (isOpen()) {
        length = 0;
        text = new StringBuilder();
        bytes = new Utf8Assembler();
      }
    }

    /** The last chars of the run as it reads when it ends here. */
    String tail(int maxChars) {
      return bytes.isMalformed() || bytes.waitingBytes() > 0
          ? String.valueOf(Utf8.REPLACEMENT).repeat(Math.min(length, maxChars))
          : text.substring(Math.max(0, text.length() - maxChars));
    }

    OpenRun copy() {
      OpenRun copy = new OpenRun();
      copy.length = length;
      copy.text = new StringBuilder(text);
      copy.bytes = bytes.copy();
      return copy;
    }
  }
}
