package org.yukiguni.tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.yukiguni.engine.StopCondition;

/**
 * Ends a completion at the token that completes a stop string, with the meaning of Hugging Face's
 * {@code stop_strings} ({@code generation/stopping_criteria.py}): the text is that of prompt and
 * completion, special tokens shown; a stop string may begin in the prompt, run over token borders
 * and end inside of a token, but its end must come from the newest token. The text is not cut.
 *
 * <p>Unlike there, the text is the decoded one, so that stop strings are also found in characters
 * that come as single bytes.
 */
public final class StopStrings implements StopCondition {
  private final List<String> stops;
  private final int longest;
  private final IncrementalDecoder decoder;

  /** The end of the settled text, long enough to hold the start of any stop string. */
  private final StringBuilder recent;

  /** What was pending when the completion began: no stop string may end inside of it. */
  private String promptPending;

  private StopStrings(List<String> stops, int longest, IncrementalDecoder decoder, String recent) {
    this.stops = stops;
    this.longest = longest;
    this.decoder = decoder;
    this.recent = new StringBuilder(recent);
    this.promptPending = decoder.pending();
  }

  /**
   * Makes the stop conditions of a prompt's completions, a new one for each.
   *
   * @param tokenizer what the tokens mean; stays open as long as the conditions are used
   * @param promptTokens the prompt as it was given to the model
   * @param stops the stop strings, none of them empty; where one token completes several, the first
   *     of them is told
   */
  public static Supplier<StopCondition> supplier(
      Tokenizer tokenizer, int[] promptTokens, List<String> stops) {
    List<String> wanted = List.copyOf(stops);
    if (wanted.isEmpty() || wanted.contains("")) {
      throw new IllegalArgumentException(
          "Cannot stop at "
              + wanted
              + " because every stop string needs a character; leave empty ones out.");
    }
    int longest = wanted.stream().mapToInt(String::length).max().orElseThrow();
    StringBuilder settled = new StringBuilder();
    IncrementalDecoder start = tokenizer.incrementalDecoderShowingSpecialTokens(new int[0]);
    for (int token : promptTokens) {
      settled.append(start.accept(token));
    }
    String recent = settled.substring(Math.max(0, settled.length() - longest));
    return () -> new StopStrings(wanted, longest, start.fork(), recent);
  }

  @Override
  public Optional<String> accept(int token) {
    int settled = recent.length();
    recent.append(decoder.accept(token));
    String pending = decoder.pendingTail(longest + 2);
    boolean isCut = pending.length() == longest + 2;
    String text = isCut ? pending : recent + pending;
    int old = isCut ? lengthBeforeLastCharacter(text) : settled;
    if (!isCut && text.startsWith(promptPending, settled)) {
      old += promptPending.length();
    }
    if (recent.length() > settled) {
      promptPending = "";
    }
    int place = old;
    Optional<String> found =
        stops.stream().filter(stop -> endsBehind(text, stop, place)).findFirst();
    if (recent.length() > 4 * longest + 64) {
      recent.delete(0, recent.length() - longest);
    }
    return found;
  }

  /** Where the new text begins in a long pending one: a token adds one character there at most. */
  private static int lengthBeforeLastCharacter(String text) {
    return text.offsetByCodePoints(text.length(), -1);
  }

  /** Whether a text holds a stop string that ends behind a place. */
  private static boolean endsBehind(String text, String stop, int place) {
    return text.indexOf(stop, Math.max(0, place - stop.length() + 1)) >= 0;
  }
}
