package org.yukiguni.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A compiled TorchScript module: its methods can be called from one thread at a time. A wrong
 * source fails in {@link #compile} with the line and a caret.
 */
public final class ScriptModule implements AutoCloseable {
  private final PtNDManager manager;
  private final PtSymbolBlock block;

  private ScriptModule(PtNDManager manager, PtSymbolBlock block) {
    this.manager = manager;
    this.block = block;
  }

  /**
   * Compiles sources.
   *
   * @param manager its device is the module's
   * @param main the module whose class {@code Model} is made
   * @param sources resource paths under {@code torchscript/}
   */
  public static ScriptModule compile(NDManager manager, String main, List<String> sources) {
    PtNDManager owner = (PtNDManager) manager.newSubManager();
    try {
      // No profiling runs: the first call is as fast as the others.
      JniUtils.setGraphExecutorOptimize(false);
      return new ScriptModule(
          owner, JniUtils.loadModule(owner, ScriptArchive.of(main, sources), true, false));
    } catch (IOException e) {
      owner.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** Makes calls from the current thread skip the profiling runs; a setting of each thread. */
  public static void prepareThread() {
    JniUtils.setGraphExecutorOptimize(false);
  }

  /** Calls a method that returns nothing. */
  public void run(String method, Object... arguments) {
    call(method, arguments).close();
  }

  /**
   * Calls a method that returns a tensor.
   *
   * @param into owns the result
   * @param arguments tensors ({@link NDArray}), lists of tensors, maps from names to tensors,
   *     {@code long[]}, {@code double[]}, Integer, Long, Double, Boolean or String
   */
  public NDArray tensor(NDManager into, String method, Object... arguments) {
    try (IValue result = call(method, arguments)) {
      return result.toTensor((PtNDManager) into);
    }
  }

  /**
   * Calls a method that returns a list of tensors.
   *
   * @param into owns the results
   * @param arguments as above
   */
  public List<NDArray> tensors(NDManager into, String method, Object... arguments) {
    try (IValue result = call(method, arguments)) {
      return List.of(result.toTensorArray((PtNDManager) into));
    }
  }

  /**
   * Calls a method of maps of tensors that returns such a map, and lets it ask for gradients, which
   * the other calls do not.
   *
   * @param into owns the results
   * @param arguments none of them empty; their tensors get names by the way
   */
  public Map<String, NDArray> differentiate(
      NDManager into, String method, List<Map<String, NDArray>> arguments) {
    NDList named = new NDList();
    // DJL takes the method's name from the name of a tensor, and a map from tensors whose names
    // begin with the same word; the first tensor's manager becomes that of the results.
    NDArray name = into.zeros(new Shape(1));
    name.setName("module_method:" + method);
    named.add(name);
    for (int i = 0; i < arguments.size(); i++) {
      for (Map.Entry<String, NDArray> entry : arguments.get(i).entrySet()) {
        entry.getValue().setName(i + "." + entry.getKey());
        named.add(entry.getValue());
      }
    }
    Map<String, NDArray> results = new HashMap<>();
    for (NDArray result : IValueUtils.forward(block, named, true)) {
      results.put(result.getName(), result);
    }
    return results;
  }

  private IValue call(String method, Object... arguments) {
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = value(arguments[i]);
      }
      return IValueUtils.runMethod(block, method, values);
    } finally {
      for (IValue value : values) {
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private static IValue value(Object argument) {
    if (argument instanceof NDArray tensor) {
      return IValue.from((PtNDArray) tensor);
    } else if (argument instanceof List<?> tensors) {
      return IValue.listFrom(tensors.toArray(new PtNDArray[0]));
    } else if (argument instanceof Map<?, ?> tensors) {
      Map<String, PtNDArray> named = new HashMap<>();
      tensors.forEach((name, tensor) -> named.put((String) name, (PtNDArray) tensor));
      return IValue.stringMapFrom(named);
    } else if (argument instanceof long[] longs) {
      return IValue.listFrom(longs);
    } else if (argument instanceof double[] doubles) {
      return IValue.listFrom(doubles);
    } else if (argument instanceof Integer || argument instanceof Long) {
      return IValue.from(((Number) argument).longValue());
    } else if (argument instanceof Double number) {
      return IValue.from(number);
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag);
    } else if (argument instanceof String text) {
      return IValue.from(text);
    }
    throw new IllegalArgumentException("Cannot pass " + argument + " to a script");
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
