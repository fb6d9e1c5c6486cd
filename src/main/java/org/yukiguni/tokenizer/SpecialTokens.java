package org.yukiguni.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The special and added tokens of a SentencePiece folder, all with an id. A token that is no piece
 * gets the next id behind the pieces, in transformers' order of adding.
 */
final class SpecialTokens {
  private final Map<String, AddedToken> byContent = new LinkedHashMap<>();
  private final Map<Integer, AddedToken> byId = new HashMap<>();
  private final Map<String, AddedToken> named;
  private final Map<Character, List<AddedToken>> byFirstChar = new HashMap<>();
  private int vocabularySize;

  /**
   * Gives every token its id.
   *
   * @param defaults special tokens by role, for the roles that the configuration leaves out
   */
  SpecialTokens(List<SentencePiece> pieces, TokenizerConfig config, Map<String, String> defaults) {
    vocabularySize = pieces.size();
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < pieces.size(); id++) {
      ids.put(pieces.get(id).text(), id);
    }
    named = new LinkedHashMap<>(config.named());
    defaults.forEach((role, text) -> named.putIfAbsent(role, AddedToken.special(text)));
    config.added().forEach(this::add);
    List<AddedToken> special = new ArrayList<>(named.values());
    special.addAll(config.additional());
    for (AddedToken token : special) {
      AddedToken known = byContent.get(token.content());
      Integer id = known == null ? ids.get(token.content()) : Integer.valueOf(known.id());
      add(token.withId(id == null ? vocabularySize : id));
    }
    for (AddedToken token : byContent.values()) {
      byFirstChar.computeIfAbsent(token.content().charAt(0), first -> new ArrayList<>()).add(token);
    }
  }

  private void add(AddedToken token) {
    byContent.put(token.content(), token);
    byId.put(token.id(), token);
    vocabularySize = Math.max(vocabularySize, token.id() + 1);
  }

  int vocabularySize() {
    return vocabularySize;
  }

  Optional<AddedToken> withId(int id) {
    return Optional.ofNullable(byId.get(id));
  }

  boolean isSpecial(int id) {
    AddedToken token = byId.get(id);
    return token != null && token.special();
  }

  int[] specialIds() {
    return byId.values().stream()
        .filter(AddedToken::special)
        .mapToInt(AddedToken::id)
        .sorted()
        .toArray();
  }

  /** The token of a role such as {@code eos_token}. */
  Optional<AddedToken> named(String role) {
    return Optional.ofNullable(named.get(role)).map(token -> byContent.get(token.content()));
  }

  /** The texts of the tokens that have a role. */
  Map<String, String> namedTexts() {
    return TokenizerConfig.texts(named);
  }

  OptionalInt idOf(String role) {
    return named(role).map(token -> OptionalInt.of(token.id())).orElse(OptionalInt.empty());
  }

  /**
   * Cuts a text at these tokens, the longest first where several begin, and hands over what it
   * finds in order; empty fragments are left out.
   */
  void split(String text, Consumer<String> fragments, IntConsumer tokens) {
    int from = 0;
    int at = 0;
    while (at < text.length()) {
      AddedToken token = longestAt(text, at);
      if (token == null) {
        at++;
        continue;
      }
      String fragment = text.substring(from, at);
      emit(token.leftStrip() ? fragment.stripTrailing() : fragment, fragments);
      tokens.accept(token.id());
      at += token.content().length();
      while (token.rightStrip() && at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      from = at;
    }
    emit(text.substring(from), fragments);
  }

  private static void emit(String fragment, Consumer<String> fragments) {
    if (!fragment.isEmpty()) {
      fragments.accept(fragment);
    }
  }

  private AddedToken longestAt(String text, int at) {
    AddedToken longest = null;
    for (AddedToken token : byFirstChar.getOrDefault(text.charAt(at), List.of())) {
      if (text.startsWith(token.content(), at)
          && (longest == null || token.content().length() > longest.content().length())) {
        longest = token;
      }
    }
    return longest;
  }
}
