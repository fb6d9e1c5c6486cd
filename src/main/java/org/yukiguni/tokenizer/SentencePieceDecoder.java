package org.yukiguni.tokenizer;

import java.util.Optional;

/**
 * {@code Decode} of sentencepiece's {@code src/sentencepiece_processor.cc}, one piece at a time.
 *
 * <p>Only the bytes of an unfinished character are held back, since every other piece settles its
 * text at once.
 */
final class SentencePieceDecoder implements IncrementalDecoder {
  private static final String BLANK_MARK = "\u2581";

  private final SentencePieceModel model;
  private final SpecialTokens special;
  private final SpecialTokenMode mode;
  private Utf8Assembler bytes = new Utf8Assembler();
  private boolean atStart = true;
  private boolean tookBlank;
  private boolean hasText;

  SentencePieceDecoder(SentencePieceModel model, SpecialTokens special, SpecialTokenMode mode) {
    this.model = model;
    this.special = special;
    this.mode = mode;
  }

  @Override
  public String accept(int id) {
    boolean isPiece = id >= 0 && id < model.pieces().size();
    Optional<AddedToken> added = special.withId(id);
    if ((mode == SpecialTokenMode.SKIPPED && special.isSpecial(id))
        || (!isPiece && added.isEmpty())) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    SentencePiece piece = isPiece ? model.pieces().get(id) : null;
    if (isPiece && piece.type() == SentencePiece.Type.BYTE) {
      bytes.add((byte) SentencePiece.byteValue(piece.text()), out);
    } else {
      bytes.end(out);
      // A run of bytes before counts as text for this piece, as does what came before the run.
      hasText |= out.length() > 0;
      atStart &= !tookBlank && !hasText;
      tookBlank = false;
      out.append(isPiece ? surface(piece) : added.orElseThrow().content());
    }
    hasText |= out.length() > 0;
    return out.toString();
  }

  private String surface(SentencePiece piece) {
    return switch (piece.type()) {
      case CONTROL -> mode == SpecialTokenMode.LITERAL ? piece.text() : "";
      case UNKNOWN -> model.unknownSurface();
      case NORMAL, USER_DEFINED, UNUSED, BYTE -> withBlanks(piece.text());
    };
  }

  private String withBlanks(String text) {
    SentencePieceModel.Normalization spec = model.normalization();
    String rest = text;
    if (atStart
        && (spec.addDummyPrefix() || spec.removeExtraWhitespaces())
        && text.startsWith(BLANK_MARK)) {
      rest = text.substring(1);
      // Where blanks are removed, those of the next pieces go, too, until there is text.
      tookBlank = !spec.removeExtraWhitespaces();
    }
    return rest.replace(BLANK_MARK, " ");
  }

  @Override
  public String pendingTail(int maxChars) {
    return String.valueOf(Utf8.REPLACEMENT).repeat(Math.min(maxChars, bytes.waitingBytes()));
  }

  @Override
  public IncrementalDecoder fork() {
    SentencePieceDecoder fork = new SentencePieceDecoder(model, special, mode);
    fork.bytes = bytes.copy();
    fork.atStart = atStart;
    fork.tookBlank = tookBlank;
    fork.hasText = hasText;
    return fork;
  }
}
