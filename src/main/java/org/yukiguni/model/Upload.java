package org.yukiguni.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.yukiguni.script.ScriptModule;

/**
 * The numbers of one step on their way to a device: collected first, then sent in one transfer for
 * each type, before anything is computed. A copy behind the first kernel would wait for it.
 */
final class Upload {
  private final List<long[]> longs = new ArrayList<>();
  private final List<double[]> doubles = new ArrayList<>();
  private final List<Part> longParts = new ArrayList<>();
  private final List<Part> doubleParts = new ArrayList<>();

  /** Some of the numbers: a tensor of one dimension on the device. */
  static final class Part {
    private final int length;
    private NDArray tensor;

    private Part(int length) {
      this.length = length;
    }

    /** Null before the upload is sent. */
    NDArray tensor() {
      return tensor;
    }
  }

  /** Adds integers of 64 bits. */
  Part add(long[] values) {
    longs.add(values);
    return next(longParts, values.length);
  }

  /** Adds integers, which arrive with 64 bits. */
  Part add(int[] values) {
    return add(Arrays.stream(values).asLongStream().toArray());
  }

  /** Adds real numbers of 64 bits. */
  Part add(double[] values) {
    doubles.add(values);
    return next(doubleParts, values.length);
  }

  private static Part next(List<Part> parts, int length) {
    Part part = new Part(length);
    parts.add(part);
    return part;
  }

  /** Gives the parts their tensors; once. */
  void send(Sender sender, NDManager scope) {
    NDManager host = scope.newSubManager(Device.cpu());
    if (!longs.isEmpty()) {
      long[] all = longs.stream().flatMapToLong(LongStream::of).toArray();
      sender.send(host.create(all), longParts, scope);
    }
    if (!doubles.isEmpty()) {
      double[] all = doubles.stream().flatMapToDouble(DoubleStream::of).toArray();
      sender.send(host.create(all), doubleParts, scope);
    }
  }

  /** The way to one device. */
  static final class Sender implements AutoCloseable {
    private final ScriptModule module;
    private final String device;

    /**
     * Makes a way.
     *
     * @param device {@code cpu} or {@code cuda:N}
     */
    Sender(NDManager manager, String device) {
      this.module = ScriptModule.compile(manager, "upload", List.of("upload.py"));
      this.device = device;
    }

    private void send(NDArray numbers, List<Part> parts, NDManager scope) {
      long[] lengths = parts.stream().mapToLong(part -> part.length).toArray();
      List<NDArray> tensors = module.tensors(scope, "send", numbers, lengths, device);
      for (int i = 0; i < lengths.length; i++) {
        parts.get(i).tensor = tensors.get(i);
      }
    }

    @Override
    public void close() {
      module.close();
    }
  }
}
