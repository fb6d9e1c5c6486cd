package org.yukiguni.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.yukiguni.checkpoint.AdapterLayout.Slot;

/**
 * A trained adapter as peft has it on disk: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}, of the same bytes for the same parameters.
 */
public final class AdapterFiles {
  public static final String CONFIG = "adapter_config.json";
  public static final String WEIGHTS = "adapter_model.safetensors";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ALIGNMENT = 8;

  private AdapterFiles() {}

  /** What an adapter was trained with, for training it further. */
  public static LoraConfig config(Path folder) {
    return AdapterConfig.read(folder.resolve(CONFIG)).toLoraConfig();
  }

  /**
   * The parameters of an adapter.
   *
   * @throws CheckpointException unless its tensors are those of the layout
   */
  public static float[] read(AdapterLayout layout, Path folder) {
    Map<String, StoredTensor> tensors = Adapter.tensors(folder);
    float[] parameters = new float[layout.size()];
    for (Slot slot : layout.slots()) {
      StoredTensor tensor = tensors.remove(slot.tensor());
      if (tensor == null || !tensor.shape().equals(slot.shape())) {
        throw new CheckpointException(
            String.format(
                "Cannot go on with the adapter %s because its tensor %s is %s and this training has"
                    + " %s; give lora the values it was made with",
                folder, slot.tensor(), tensor == null ? "missing" : tensor.shape(), slot.shape()));
      }
      copy(tensor, parameters, slot.offset());
    }
    if (!tensors.isEmpty()) {
      throw new CheckpointException(
          String.format(
              "Cannot go on with the adapter %s because this training has no tensor %s; give lora the"
                  + " values it was made with",
              folder, tensors.keySet().iterator().next()));
    }
    return parameters;
  }

  /** Parameters before a training: the model's weights where whole copies are trained, else 0. */
  public static float[] untrained(AdapterLayout layout, Checkpoint checkpoint) {
    float[] parameters = new float[layout.size()];
    for (Slot slot : layout.slots()) {
      if (slot.kind() == AdapterLayout.Kind.WHOLE) {
        String[] place = slot.name().split("/", 2);
        Map<String, StoredTensor> weights =
            place[0].matches("\\d+")
                ? checkpoint.layer(Integer.parseInt(place[0]))
                : checkpoint.ends();
        copy(weights.get(place[1]), parameters, slot.offset());
      }
    }
    return parameters;
  }

  private static void copy(StoredTensor tensor, float[] to, int offset) {
    ByteBuffer bytes = tensor.map();
    if (tensor.storedType() == StoredType.F32) {
      bytes.asFloatBuffer().get(to, offset, bytes.remaining() / Float.BYTES);
      return;
    }
    ShortBuffer halves = bytes.asShortBuffer();
    boolean isBrain = tensor.storedType() == StoredType.BF16;
    for (int i = 0; i < halves.limit(); i++) {
      short half = halves.get(i);
      to[offset + i] = isBrain ? Float.intBitsToFloat(half << 16) : float16(half);
    }
  }

  /** IEEE 754 binary16 as float; exact. */
  private static float float16(short half) {
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    float value =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
        };
    return half < 0 ? -value : value;
  }

  /** The file {@link #WEIGHTS}. */
  public static byte[] weights(AdapterLayout layout, float[] parameters) {
    List<Slot> sorted = layout.slots().stream().sorted(Comparator.comparing(Slot::tensor)).toList();
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long end = 0;
    for (Slot slot : sorted) {
      ObjectNode entry = header.putObject(slot.tensor()).put("dtype", "F32");
      slot.shape().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(end).add(end + (long) Float.BYTES * slot.size());
      end += (long) Float.BYTES * slot.size();
    }
    StringBuilder text = new StringBuilder(header.toString());
    while (text.toString().getBytes(UTF_8).length % ALIGNMENT != 0) {
      text.append(' ');
    }
    byte[] json = text.toString().getBytes(UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Math.toIntExact(Long.BYTES + json.length + end))
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    for (Slot slot : sorted) {
      file.asFloatBuffer().put(parameters, slot.offset(), slot.size());
      file.position(file.position() + Float.BYTES * slot.size());
    }
    return file.array();
  }

  /**
   * The file {@link #CONFIG}.
   *
   * @param baseModel name or folder of the model it belongs to
   */
  public static String config(AdapterLayout layout, String baseModel, String revision) {
    LoraConfig lora = layout.config();
    ObjectNode root = JSON.createObjectNode();
    root.put("peft_type", "LORA").put("task_type", "CAUSAL_LM");
    root.put("base_model_name_or_path", baseModel).put("revision", revision);
    root.put("r", lora.r()).put("lora_alpha", lora.loraAlpha());
    root.put("lora_dropout", lora.loraDropout()).put("use_rslora", lora.useRslora());
    root.put("bias", "none").put("fan_in_fan_out", layout.fanInFanOut());
    if (lora.isPattern()) {
      root.put("target_modules", lora.targetModules().get(0));
    } else {
      lora.targetModules().forEach(root.putArray("target_modules")::add);
    }
    if (lora.modulesToSave().isEmpty()) {
      root.putNull("modules_to_save");
    } else {
      lora.modulesToSave().forEach(root.putArray("modules_to_save")::add);
    }
    root.put("inference_mode", true).put("init_lora_weights", true);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of texts and numbers can be written", e);
    }
  }
}
