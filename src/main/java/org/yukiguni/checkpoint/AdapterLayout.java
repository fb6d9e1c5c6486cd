package org.yukiguni.checkpoint;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The tensors that a training changes, one behind the other in one vector of float32.
 *
 * @param config what they were chosen by
 * @param slots in the vector's order
 * @param fanInFanOut whether the model stores its linear layers as [in, out]
 */
public record AdapterLayout(LoraConfig config, List<Slot> slots, boolean fanInFanOut)
    implements Serializable {

  /** What a tensor is. */
  public enum Kind {
    /** [r, in]. */
    LORA_A,
    /** [out, r]. */
    LORA_B,
    /** A copy of one of the model's weights. */
    WHOLE
  }

  /**
   * One tensor.
   *
   * @param tensor its name in peft's file
   * @param name what the script calls it: {@code layer/name}
   * @param module number of the linear layer that it changes, counted over the model
   * @param offset of its first element in the vector
   */
  public record Slot(
      String tensor, String name, Kind kind, int module, List<Long> shape, int offset)
      implements Serializable {
    public Slot {
      shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public int size() {
      return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }

    /** The script's name of the changed module, {@code layer/name}. */
    public String moduleName() {
      return name.replaceFirst("\\.lora_[AB]\\.weight$", "");
    }
  }

  public AdapterLayout {
    slots = List.copyOf(slots);
  }

  /** Elements of the vector. */
  public int size() {
    return slots.isEmpty() ? 0 : last().offset() + last().size();
  }

  private Slot last() {
    return slots.get(slots.size() - 1);
  }

  /** Finds the tensor that an element of the vector belongs to. */
  public Slot slotOf(int element) {
    return slots.stream()
        .filter(s -> element >= s.offset() && element < s.offset() + s.size())
        .findFirst()
        .orElseThrow(() -> new IndexOutOfBoundsException(element));
  }

  /**
   * The tensors that a configuration chooses of a model.
   *
   * @throws CheckpointException if a name matches nothing
   */
  public static AdapterLayout of(Checkpoint checkpoint, LoraConfig config) {
    List<LinearModule> modules = checkpoint.linearModules();
    Builder builder = new Builder();
    for (int i = 0; i < modules.size(); i++) {
      LinearModule m = modules.get(i);
      if (config.targets(m.path())) {
        builder.add(m, i, Kind.LORA_A, List.of((long) config.r(), m.in()));
        builder.add(m, i, Kind.LORA_B, List.of(m.out(), (long) config.r()));
      }
    }
    if (builder.slots.isEmpty()) {
      throw new CheckpointException(
          String.format(
              "Cannot train with target_modules %s because no linear layer of the model matches;"
                  + " it has %s",
              config.targetModules(),
              modules.stream()
                  .map(LinearModule::lastName)
                  .collect(Collectors.toCollection(TreeSet::new))));
    }
    for (String name : config.modulesToSave()) {
      List<WholeModule> found = checkpoint.wholeModules(name);
      if (found.isEmpty()) {
        throw new CheckpointException(
            String.format(
                "Cannot train modules_to_save %s because the model has no such module", name));
      }
      found.forEach(builder::add);
    }
    return new AdapterLayout(config, builder.slots, checkpoint.isFanInFanOut());
  }

  /** A weight of which a copy is trained. */
  record WholeModule(String path, String name, StoredTensor weight) {}

  private static final class Builder {
    private final List<Slot> slots = new ArrayList<>();
    private long end;

    void add(LinearModule module, int number, Kind kind, List<Long> shape) {
      String suffix = kind == Kind.LORA_A ? ".lora_A.weight" : ".lora_B.weight";
      add(
          new Slot(
              Adapter.PREFIX + module.path() + suffix,
              module.layer() + "/" + module.name() + suffix,
              kind,
              number,
              shape,
              Math.toIntExact(end)));
    }

    void add(WholeModule whole) {
      add(
          new Slot(
              Adapter.PREFIX + whole.path(),
              whole.name(),
              Kind.WHOLE,
              -1,
              whole.weight().shape(),
              Math.toIntExact(end)));
    }

    private void add(Slot slot) {
      slots.add(slot);
      end += slot.size();
    }
  }

  /** The slot of one of peft's tensor names. */
  public Optional<Slot> slot(String tensor) {
    return slots.stream().filter(s -> s.tensor().equals(tensor)).findFirst();
  }
}
