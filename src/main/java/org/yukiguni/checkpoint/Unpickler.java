package org.yukiguni.checkpoint;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pickle protocol 2 as {@code torch.save} writes it (Python's {@code pickletools}), able to make
 * tensors, dicts, lists, tuples, texts and numbers and nothing else: every other class is refused
 * by name, and none is ever looked up. Values are never compared or printed as a whole, since a few
 * bytes can nest them without end.
 */
final class Unpickler {
  private static final Object MARK = new Object();

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** A name that the pickle imports. */
  private record Global(String module, String name) {}

  /** Kept apart from lists, which the pickle can still change. */
  private record Tuple(List<Object> values) {}

  /**
   * Memory that tensors lie in.
   *
   * @param className such as {@code FloatStorage}
   * @param key of the zip entry {@code data/KEY}
   */
  record Storage(String className, String key) {}

  /** A view of a storage; offset and strides in elements. */
  record Tensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

  /** The pickle is damaged or asks for something that is not allowed. */
  static final class PickleException extends Exception {
    private static final long serialVersionUID = 1L;

    PickleException(String reason) {
      super(reason);
    }
  }

  private Unpickler(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The tensors of a pickled dict by name. */
  static Map<String, Tensor> tensors(ByteBuffer pickle) throws PickleException {
    Object root;
    try {
      root = new Unpickler(pickle).load();
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new PickleException("its pickle is cut short or damaged");
    } catch (ClassCastException | ArithmeticException e) {
      throw new PickleException("its pickle is damaged: a value is not what it must be");
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw new PickleException("it holds no dict of tensors");
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String name && entry.getValue() instanceof Tensor tensor)) {
        throw new PickleException("its entry " + entry.getKey() + " is no tensor");
      }
      tensors.put(name, tensor);
    }
    return tensors;
  }

  private Object load() throws PickleException {
    while (true) {
      int opcode = in.get() & 0xFF;
      switch (opcode) {
        case 0x80 -> in.get(); // PROTO
        case '(' -> stack.add(MARK);
        case ')' -> stack.add(new Tuple(List.of()));
        case 't' -> stack.add(new Tuple(List.copyOf(popToMark())));
        case 0x85 -> stack.add(new Tuple(popLast(1)));
        case 0x86 -> stack.add(new Tuple(popLast(2)));
        case 0x87 -> stack.add(new Tuple(popLast(3)));
        case '}' -> stack.add(new LinkedHashMap<Object, Object>());
        case ']' -> stack.add(new ArrayList<Object>());
        case 'a' -> appendAll(popLast(1));
        case 'e' -> appendAll(popToMark());
        case 's' -> putAll(popLast(2));
        case 'u' -> putAll(popToMark());
        case 'N' -> stack.add(false); // None, where nothing is asked of it
        case 0x88 -> stack.add(true);
        case 0x89 -> stack.add(false);
        case 'J' -> stack.add((long) in.getInt());
        case 'K' -> stack.add((long) (in.get() & 0xFF));
        case 'M' -> stack.add((long) (in.getShort() & 0xFFFF));
        case 0x8a -> stack.add(longOf(bytes(in.get() & 0xFF)));
        case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
        case 'X' -> stack.add(text(in.getInt()));
        case 0x8c -> stack.add(text(in.get() & 0xFF));
        case 'q' -> memo.put(in.get() & 0xFF, top());
        case 'r' -> memo.put(in.getInt(), top());
        case 'h' -> stack.add(remembered(in.get() & 0xFF));
        case 'j' -> stack.add(remembered(in.getInt()));
        case 'c' -> stack.add(global(line(), line()));
        case 'Q' -> stack.add(storage(((Tuple) pop()).values()));
        case 'R' -> reduce();
        case 'b' -> build();
        case '.' -> {
          return pop();
        }
        default ->
            throw new PickleException(String.format("its pickle has the opcode 0x%02x", opcode));
      }
    }
  }

  private static Global global(String module, String name) throws PickleException {
    Global global = new Global(module, name);
    boolean isAllowed =
        switch (module) {
          case "collections" -> name.equals("OrderedDict");
          case "torch" -> name.endsWith("Storage") && !name.equals("UntypedStorage");
          case "torch._utils" ->
              name.equals("_rebuild_tensor_v2") || name.equals("_rebuild_parameter");
          default -> false;
        };
    if (!isAllowed) {
      throw new PickleException(
          "its pickle asks for " + module + "." + name + ", which a dict of tensors does not need");
    }
    return global;
  }

  /** ("storage", class, key, device, number of elements). */
  private static Storage storage(List<Object> id) throws PickleException {
    if (id.size() != 5 || !"storage".equals(id.get(0))) {
      throw new PickleException("its pickle refers to something that is no storage");
    }
    return new Storage(((Global) id.get(1)).name(), (String) id.get(2));
  }

  private void reduce() throws PickleException {
    List<Object> arguments = ((Tuple) pop()).values();
    Global function = (Global) pop();
    switch (function.name()) {
      case "OrderedDict" -> stack.add(new LinkedHashMap<Object, Object>());
      case "_rebuild_tensor_v2" ->
          stack.add(
              new Tensor(
                  (Storage) arguments.get(0),
                  (Long) arguments.get(1),
                  longs((Tuple) arguments.get(2)),
                  longs((Tuple) arguments.get(3))));
      case "_rebuild_parameter" -> stack.add((Tensor) arguments.get(0));
      default -> throw new PickleException("its pickle calls torch." + function.name());
    }
  }

  /** The state of a dict is its metadata, which says nothing about the tensors. */
  private void build() throws PickleException {
    pop();
    if (!(top() instanceof Map)) {
      throw new PickleException("its pickle sets the state of something that is no dict");
    }
  }

  private static List<Long> longs(Tuple tuple) {
    return tuple.values().stream().map(value -> (Long) value).toList();
  }

  @SuppressWarnings("unchecked")
  private void appendAll(List<Object> values) {
    ((List<Object>) top()).addAll(values);
  }

  @SuppressWarnings("unchecked")
  private void putAll(List<Object> values) throws PickleException {
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i < values.size(); i += 2) {
      Object key = values.get(i);
      if (!(key instanceof String || key instanceof Long)) {
        throw new PickleException("its pickle has a dict key that is no text");
      }
      map.put(key, values.get(i + 1));
    }
  }

  private Object remembered(int key) throws PickleException {
    Object value = memo.get(key);
    if (value == null) {
      throw new PickleException("its pickle is damaged: it recalls what it never stored");
    }
    return value;
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private List<Object> popLast(int count) {
    List<Object> last = stack.subList(stack.size() - count, stack.size());
    List<Object> values = List.copyOf(last);
    last.clear();
    return values;
  }

  private List<Object> popToMark() {
    int mark = stack.size() - 1;
    while (stack.get(mark) != MARK) {
      mark--;
    }
    List<Object> values = popLast(stack.size() - 1 - mark);
    pop();
    return values;
  }

  /** Up to the end of the line. */
  private String line() {
    int start = in.position();
    int length = 0;
    while (in.get(start + length) != '\n') {
      length++;
    }
    String line = text(length);
    in.get();
    return line;
  }

  private String text(int length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private byte[] bytes(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  /** From little-endian bytes; none is 0. */
  private static long longOf(byte[] littleEndian) {
    if (littleEndian.length == 0) {
      return 0;
    }
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return new BigInteger(bigEndian).longValueExact();
  }
}
