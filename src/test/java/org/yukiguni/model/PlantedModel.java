package org.yukiguni.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.StoredTensor;
import org.yukiguni.checkpoint.StoredType;

/** A copy of a checkpoint, in float32, with changed weights. */
final class PlantedModel {
  private PlantedModel() {}

  /** Changes the values of a tensor in place. */
  interface Change {
    void apply(String name, float[] values, int columns);
  }

  /** Writes the copy of {@code model} into {@code folder}. */
  static Path write(Path model, Path folder, Change change) throws IOException {
    Files.createDirectories(folder);
    Files.copy(
        model.resolve("config.json"),
        folder.resolve("config.json"),
        StandardCopyOption.REPLACE_EXISTING);
    ObjectNode header = new ObjectMapper().createObjectNode();
    List<float[]> data = new ArrayList<>();
    long offset = 0;
    for (StoredTensor tensor : tensors(Checkpoint.open(model))) {
      if (header.has(tensor.name())) {
        continue;
      }
      float[] values = floats(tensor);
      int columns = tensor.shape().get(tensor.shape().size() - 1).intValue();
      change.apply(tensor.name(), values, columns);
      ObjectNode entry = header.putObject(tensor.name()).put("dtype", "F32");
      tensor.shape().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(offset).add(offset + 4L * values.length);
      offset += 4L * values.length;
      data.add(values);
    }
    byte[] json = new ObjectMapper().writeValueAsBytes(header);
    try (FileChannel out =
        FileChannel.open(
            folder.resolve("model.safetensors"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      out.write(little(8).putLong(0, json.length));
      out.write(ByteBuffer.wrap(json));
      for (float[] values : data) {
        ByteBuffer bytes = little(4 * values.length);
        bytes.asFloatBuffer().put(values);
        out.write(bytes);
      }
    }
    return folder;
  }

  private static List<StoredTensor> tensors(Checkpoint checkpoint) {
    List<StoredTensor> tensors = new ArrayList<>(checkpoint.ends().values());
    for (int layer = 0; layer < checkpoint.config().layers(); layer++) {
      tensors.addAll(checkpoint.layer(layer).values());
    }
    return tensors;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static float[] floats(StoredTensor tensor) {
    ByteBuffer stored = tensor.map();
    StoredType type = tensor.storedType();
    float[] values = new float[stored.limit() / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case F32 -> stored.getFloat(4 * i);
            case BF16 -> Float.intBitsToFloat(stored.getShort(2 * i) << 16);
            case F16 -> half(stored.getShort(2 * i));
          };
    }
    return values;
  }

  private static float half(short bits) {
    int exponent = bits >> 10 & 31;
    double fraction = (bits & 1023) / 1024.;
    double size = exponent == 0 ? fraction * 0x1p-14 : (1 + fraction) * Math.pow(2, exponent - 15.);
    return (float) (bits < 0 ? -size : size);
  }
}
