package org.yukiguni.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.yukiguni.script.ScriptModule;

/**
 * The numbers of one step on their way to a device: collected first, then sent in one transfer,
 * before anything is computed. A copy behind the first kernel would wait for it.
 */
final class Upload {
  private final List<Part> parts = new ArrayList<>();
  private double[] integers = new double[256];
  private int numIntegers;
  private double[] reals = new double[256];
  private int numReals;

  /** Some of the numbers: a tensor of one dimension on the device. */
  static final class Part {
    private final int length;
    private final boolean isReal;
    private NDArray tensor;

    private Part(int length, boolean isReal) {
      this.length = length;
      this.isReal = isReal;
    }

    /** Null before the upload is sent. */
    NDArray tensor() {
      return tensor;
    }
  }

  /** Adds integers, which arrive with 64 bits if they have no more than 53. */
  Part add(long[] values) {
    int begin = numIntegers;
    numIntegers += values.length;
    integers = withRoom(integers, numIntegers);
    for (int i = 0; i < values.length; i++) {
      integers[begin + i] = values[i];
    }
    return next(values.length, false);
  }

  /** The same. */
  Part add(int[] values) {
    return add(Arrays.stream(values).asLongStream().toArray());
  }

  /** Adds real numbers of 64 bits. */
  Part add(double[] values) {
    int begin = numReals;
    numReals += values.length;
    reals = withRoom(reals, numReals);
    System.arraycopy(values, 0, reals, begin, values.length);
    return next(values.length, true);
  }

  private static double[] withRoom(double[] array, int length) {
    return length > array.length ? Arrays.copyOf(array, 2 * length) : array;
  }

  private Part next(int length, boolean isReal) {
    Part part = new Part(length, isReal);
    parts.add(part);
    return part;
  }

  /** Gives the parts their tensors; once. */
  void send(Sender sender, NDManager scope) {
    double[] all = Arrays.copyOf(integers, numIntegers + numReals);
    System.arraycopy(reals, 0, all, numIntegers, numReals);
    NDManager host = scope.newSubManager(Device.cpu());
    sender.send(host.create(all), parts(false), parts(true), scope);
    for (Part part : parts) {
      if (part.length == 0) {
        part.tensor = part.isReal ? sender.noReals : sender.noIntegers;
      }
    }
  }

  private List<Part> parts(boolean isReal) {
    return parts.stream().filter(part -> part.length > 0 && part.isReal == isReal).toList();
  }

  /** The way to one device. */
  static final class Sender implements AutoCloseable {
    private final ScriptModule module;
    private final String device;

    /** Every empty part: most steps have many, and a tensor takes longer to make than to fill. */
    private final NDArray noIntegers;

    private final NDArray noReals;

    /**
     * Makes a way.
     *
     * @param manager of the device
     * @param device {@code cpu} or {@code cuda:N}
     */
    Sender(NDManager manager, String device) {
      this.module = ScriptModule.compile(manager, "upload", List.of("upload.py"));
      this.device = device;
      this.noIntegers = manager.create(new long[0]);
      this.noReals = manager.create(new double[0]);
    }

    private void send(NDArray numbers, List<Part> integers, List<Part> reals, NDManager scope) {
      List<NDArray> tensors =
          module.tensors(scope, "send", numbers, lengths(integers), lengths(reals), device);
      for (int i = 0; i < tensors.size(); i++) {
        int n = integers.size();
        (i < n ? integers.get(i) : reals.get(i - n)).tensor = tensors.get(i);
      }
    }

    private static long[] lengths(List<Part> parts) {
      return parts.stream().mapToLong(part -> part.length).toArray();
    }

    @Override
    public void close() {
      noIntegers.close();
      noReals.close();
      module.close();
    }
  }
}
