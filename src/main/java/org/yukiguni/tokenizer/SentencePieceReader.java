package org.yukiguni.tokenizer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a SentencePiece model file, a protobuf message {@code ModelProto} of sentencepiece's {@code
 * src/sentencepiece_model.proto}, field by field and without generated code.
 */
final class SentencePieceReader {
  /** Far above the largest published model (5 MB), and low enough to be read into memory. */
  private static final long MAX_BYTES = 32L << 20;

  private final List<SentencePiece> pieces = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int modelType = 1;
  private boolean byteFallback;
  private boolean whitespaceAsSuffix;
  private String unknownSurface = " \u2047 ";
  private byte[] charsMap = new byte[0];
  private boolean addDummyPrefix = true;
  private boolean removeExtraWhitespaces = true;
  private boolean escapeWhitespaces = true;
  private boolean denormalizes;

  private SentencePieceReader() {}

  static SentencePieceModel read(Path file) {
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw damaged(file.toString(), "it has " + bytes + " bytes, more than " + MAX_BYTES);
      }
      return parse(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw new TokenizerException(
          "Cannot read SentencePiece model " + file + " because " + e + "; check the file.", e);
    }
  }

  /**
   * Parses a model.
   *
   * @param name what to call the model in errors
   */
  static SentencePieceModel parse(byte[] bytes, String name) {
    SentencePieceReader reader = new SentencePieceReader();
    try {
      reader.message(CodedInputStream.newInstance(bytes), reader::modelField);
      return reader.checked();
    } catch (IOException e) {
      throw new TokenizerException(damaged(name, reason(e)).getMessage(), e);
    } catch (Problem e) {
      throw damaged(name, e.getMessage());
    }
  }

  private static String reason(IOException e) {
    return e.getMessage().replaceFirst("\\.$", "").replace('\n', ' ');
  }

  private static TokenizerException damaged(String name, String reason) {
    return new TokenizerException(
        "Cannot read SentencePiece model "
            + name
            + " because "
            + reason
            + "; copy the file again from its source.");
  }

  /** What is wrong with the model, without its name. */
  private static final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Problem(String message) {
      super(message);
    }
  }

  @FunctionalInterface
  private interface Field {
    /** Reads the value of a field it knows; false leaves the value to be skipped. */
    boolean read(CodedInputStream in, int number, int wireType) throws IOException;
  }

  private void message(CodedInputStream in, Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (!field.read(in, number, WireFormat.getTagWireType(tag)) && !in.skipField(tag)) {
        throw new Problem("field " + number + " ends a group that never began");
      }
    }
  }

  private void nested(CodedInputStream in, Field field) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    message(in, field);
    in.checkLastTagWas(0);
    in.popLimit(outer);
  }

  private boolean modelField(CodedInputStream in, int number, int wireType) throws IOException {
    if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      return false;
    }
    switch (number) {
      case 1 -> piece(in);
      case 2 -> nested(in, this::trainerField);
      case 3 -> nested(in, this::normalizerField);
      case 5 -> nested(in, this::denormalizerField);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void piece(CodedInputStream in) throws IOException {
    PieceFields fields = new PieceFields();
    nested(in, fields::read);
    SentencePiece.Type[] types = SentencePiece.Type.values();
    String what = "piece " + pieces.size();
    if (fields.type < 1 || fields.type > types.length) {
      throw new Problem(what + " has the unknown type " + fields.type);
    }
    if (fields.text.isEmpty() || !names.add(fields.text)) {
      throw new Problem(what + (fields.text.isEmpty() ? " is empty" : " is there twice"));
    }
    if (!Float.isFinite(fields.score)) {
      throw new Problem(what + " has the score " + fields.score);
    }
    SentencePiece.Type type = types[fields.type - 1];
    if (type == SentencePiece.Type.BYTE && SentencePiece.byteValue(fields.text) < 0) {
      throw new Problem(what + " is a byte but has not the form <0x00>");
    }
    pieces.add(new SentencePiece(fields.text, fields.score, type));
  }

  private static final class PieceFields {
    private String text = "";
    private float score;
    private int type = 1;

    boolean read(CodedInputStream in, int number, int wireType) throws IOException {
      if (number == 1 && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        text = in.readStringRequireUtf8();
      } else if (number == 2 && wireType == WireFormat.WIRETYPE_FIXED32) {
        score = in.readFloat();
      } else if (number == 3 && wireType == WireFormat.WIRETYPE_VARINT) {
        type = in.readEnum();
      } else {
        return false;
      }
      return true;
    }
  }

  private boolean trainerField(CodedInputStream in, int number, int wireType) throws IOException {
    if (number == 3 && wireType == WireFormat.WIRETYPE_VARINT) {
      modelType = in.readEnum();
    } else if (number == 24 && wireType == WireFormat.WIRETYPE_VARINT) {
      whitespaceAsSuffix = in.readBool();
    } else if (number == 35 && wireType == WireFormat.WIRETYPE_VARINT) {
      byteFallback = in.readBool();
    } else if (number == 44 && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      unknownSurface = in.readStringRequireUtf8();
    } else {
      return false;
    }
    return true;
  }

  private boolean normalizerField(CodedInputStream in, int number, int wireType)
      throws IOException {
    if (number == 2 && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      charsMap = in.readByteArray();
    } else if (number == 3 && wireType == WireFormat.WIRETYPE_VARINT) {
      addDummyPrefix = in.readBool();
    } else if (number == 4 && wireType == WireFormat.WIRETYPE_VARINT) {
      removeExtraWhitespaces = in.readBool();
    } else if (number == 5 && wireType == WireFormat.WIRETYPE_VARINT) {
      escapeWhitespaces = in.readBool();
    } else {
      return false;
    }
    return true;
  }

  private boolean denormalizerField(CodedInputStream in, int number, int wireType)
      throws IOException {
    if (number == 2 && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      denormalizes = in.readByteArray().length > 0;
      return true;
    }
    return false;
  }

  private SentencePieceModel checked() {
    if (pieces.isEmpty()) {
      throw new Problem("it has no pieces");
    }
    requireOne(count(SentencePiece.Type.UNKNOWN), "unknown pieces", 1);
    if (byteFallback) {
      long bytes =
          pieces.stream()
              .filter(piece -> piece.type() == SentencePiece.Type.BYTE)
              .mapToInt(piece -> SentencePiece.byteValue(piece.text()))
              .distinct()
              .count();
      requireOne(bytes, "byte pieces", 256);
    }
    if (modelType != 1 && modelType != 2) {
      throw new Problem("model_type " + modelType + " is neither unigram (1) nor BPE (2)");
    }
    if (modelType == 2 && count(SentencePiece.Type.UNUSED) > 0) {
      throw new Problem("pieces of type UNUSED are not supported in a BPE model");
    }
    if (!escapeWhitespaces) {
      throw new Problem("escape_whitespaces false is not supported");
    }
    if (denormalizes) {
      throw new Problem("a denormalizer_spec is not supported");
    }
    return new SentencePieceModel(
        List.copyOf(pieces),
        modelType == 1 ? SentencePieceModel.Algorithm.UNIGRAM : SentencePieceModel.Algorithm.BPE,
        byteFallback,
        unknownSurface,
        new SentencePieceModel.Normalization(
            charsMap, addDummyPrefix, removeExtraWhitespaces, whitespaceAsSuffix));
  }

  private long count(SentencePiece.Type type) {
    return pieces.stream().filter(piece -> piece.type() == type).count();
  }

  private static void requireOne(long found, String what, int expected) {
    if (found != expected) {
      throw new Problem("it has " + found + " " + what + " instead of " + expected);
    }
  }
}
