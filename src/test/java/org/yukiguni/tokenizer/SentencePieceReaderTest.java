package org.yukiguni.tokenizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SentencePieceReaderTest {
  private static final byte[] UNKNOWN = piece("<unk>", 2);

  @Test
  void namesWhatIsWrong() {
    assertWrong(new byte[0], "it has no pieces");
    assertWrong(new byte[] {0x0A, 0x7F}, "While parsing a protocol message");
    assertWrong(piece("a", 1), "it has 0 unknown pieces instead of 1");
    assertWrong(concat(UNKNOWN, piece("a", 1), piece("a", 1)), "piece 2 is there twice");
    assertWrong(concat(UNKNOWN, piece("", 1)), "piece 1 is empty");
    assertWrong(concat(UNKNOWN, piece("a", 9)), "piece 1 has the unknown type 9");
    assertWrong(concat(UNKNOWN, piece("a", 6)), "piece 1 is a byte but has not the form <0x00>");
    assertWrong(concat(UNKNOWN, spec(2, 3, 4)), "model_type 4 is neither unigram (1) nor BPE (2)");
    assertWrong(concat(UNKNOWN, spec(2, 35, 1)), "it has 0 byte pieces instead of 256");
    assertWrong(concat(UNKNOWN, spec(3, 5, 0)), "escape_whitespaces false is not supported");
  }

  @Test
  void refusesACharsMapThatDoesNotFit() {
    assertThatThrownBy(() -> CharsMap.parse(new byte[] {8, 0, 0, 0, 1}))
        .hasMessage(
            "Cannot read the precompiled_charsmap of a SentencePiece model because its trie of 8"
                + " bytes does not fit 5 bytes; copy the file again from its source.");
  }

  private static void assertWrong(byte[] bytes, String reason) {
    assertThatThrownBy(() -> SentencePieceReader.parse(bytes, "m"))
        .isInstanceOf(TokenizerException.class)
        .hasMessageStartingWith("Cannot read SentencePiece model m because " + reason)
        .hasMessageEndingWith("; copy the file again from its source.");
  }

  private static byte[] piece(String text, int type) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] body =
        concat(new byte[] {0x0A, (byte) utf8.length}, utf8, new byte[] {0x18, (byte) type});
    return concat(new byte[] {0x0A, (byte) body.length}, body);
  }

  /** A TrainerSpec (2) or NormalizerSpec (3) with one number in it. */
  private static byte[] spec(int message, int field, int value) {
    int tag = field << 3;
    byte[] body =
        tag < 0x80
            ? new byte[] {(byte) tag, (byte) value}
            : new byte[] {(byte) (tag | 0x80), (byte) (tag >> 7), (byte) value};
    return concat(new byte[] {(byte) ((message << 3) | 2), (byte) body.length}, body);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
