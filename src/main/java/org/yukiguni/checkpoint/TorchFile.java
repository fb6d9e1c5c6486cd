package org.yukiguni.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yukiguni.checkpoint.Unpickler.PickleException;

/**
 * {@code pytorch_model.bin} as {@code torch.save} writes it since torch 1.6: a zip file without
 * compression, whose entry {@code data.pkl} says which tensor is which part of the entries {@code
 * data/KEY} (torch's {@code serialization.py}).
 */
final class TorchFile {
  private static final int MAX_PICKLE_BYTES = 100_000_000;
  private static final int ZIP = 0x04034b50;

  private TorchFile() {}

  /** Element types of the storages. */
  private enum Storage {
    Float("F32", 4),
    Half("F16", 2),
    BFloat16("BF16", 2),
    Double("F64", 8),
    Long("I64", 8),
    Int("I32", 4),
    Short("I16", 2),
    Char("I8", 1),
    Byte("U8", 1),
    Bool("BOOL", 1);

    private final String type;
    private final int bytes;

    Storage(String type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }
  }

  /** The tensors of a file by name; no weight is read. */
  static Map<String, StoredTensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < 4 || FileBytes.read(channel, 0, 4).getInt() != ZIP) {
        throw problem(
            file,
            "it is not the zip file that torch writes since version 1.6; load it with torch and"
                + " save it again, best as safetensors");
      }
      Map<String, StoredZip.Entry> entries = StoredZip.read(channel);
      StoredZip.Entry pickle = entries.get("data.pkl");
      if (pickle == null || pickle.bytes() > MAX_PICKLE_BYTES) {
        throw problem(file, "it has no data.pkl of less than " + MAX_PICKLE_BYTES + " bytes");
      }
      StoredZip.Entry order = entries.get("byteorder");
      if (order != null
          && order.bytes() == 3
          && FileBytes.read(channel, order.offset(), 3).get(0) == 'b') {
        throw problem(file, "its numbers are big-endian");
      }
      ByteBuffer bytes = FileBytes.read(channel, pickle.offset(), (int) pickle.bytes());
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, Unpickler.Tensor> e : Unpickler.tensors(bytes).entrySet()) {
        tensors.put(e.getKey(), stored(file, e.getKey(), e.getValue(), entries));
      }
      return tensors;
    } catch (PickleException e) {
      throw problem(file, e.getMessage());
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + file + " because of " + e.getMessage(), e);
    }
  }

  private static StoredTensor stored(
      Path file, String name, Unpickler.Tensor tensor, Map<String, StoredZip.Entry> entries) {
    Storage type = type(file, name, tensor.storage().className());
    StoredZip.Entry entry = entries.get("data/" + tensor.storage().key());
    if (entry == null) {
      throw problem(file, "it lacks the entry data/" + tensor.storage().key() + " of " + name);
    }
    List<Long> shape = tensor.shape();
    List<Long> strides = tensor.strides();
    boolean fits = shape.size() == strides.size() && tensor.offset() >= 0;
    long span = 1;
    try {
      for (int d = 0; fits && d < shape.size(); d++) {
        fits = shape.get(d) >= 0 && strides.get(d) >= 0;
        span = Math.addExact(span, Math.multiplyExact(shape.get(d) - 1, strides.get(d)));
      }
      span = shape.contains(0L) ? 0 : span;
      long end = Math.multiplyExact(Math.addExact(tensor.offset(), span), type.bytes);
      fits = fits && end <= entry.bytes();
    } catch (ArithmeticException e) {
      fits = false;
    }
    if (!fits) {
      throw problem(file, "its tensor " + name + " does not lie within its storage");
    }
    return new StoredTensor(
        name,
        type.type,
        shape,
        isRowMajor(shape, strides) ? List.of() : strides,
        file,
        entry.offset() + tensor.offset() * type.bytes,
        span * type.bytes);
  }

  private static boolean isRowMajor(List<Long> shape, List<Long> strides) {
    long expected = 1;
    for (int d = shape.size() - 1; d >= 0; d--) {
      if (shape.get(d) != 1 && strides.get(d) != expected) {
        return false;
      }
      // Cannot overflow: the elements so far lie within the file.
      expected *= shape.get(d);
    }
    return true;
  }

  private static Storage type(Path file, String tensor, String className) {
    for (Storage storage : Storage.values()) {
      if (className.equals(storage + "Storage")) {
        return storage;
      }
    }
    throw problem(file, "its tensor " + tensor + " is stored as torch." + className);
  }

  private static CheckpointException problem(Path file, String reason) {
    return new CheckpointException("Cannot read " + file + " because " + reason);
  }
}
