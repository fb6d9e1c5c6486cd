package org.yukiguni.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A GPU of this machine, as {@code nvidia-smi} describes it: DJL cannot ask CUDA for names and free
 * memory.
 *
 * @param uuid its name in {@code CUDA_VISIBLE_DEVICES}, where it is not given by its number
 * @param name of the model
 * @param driver version of NVIDIA's driver
 * @param computeCapability major version times 10 and minor version
 */
public record Gpu(
    int index,
    String uuid,
    String name,
    String driver,
    long totalBytes,
    long freeBytes,
    int computeCapability) {
  private static final int SECONDS = 20;
  private static final String QUERY =
      "--query-gpu=index,uuid,name,driver_version,memory.total,memory.free,compute_cap";

  /** Ampere, the first generation with bfloat16. */
  private static final int BFLOAT16_CAPABILITY = 80;

  /** Whether it multiplies bfloat16 numbers. */
  public boolean hasBfloat16() {
    return computeCapability >= BFLOAT16_CAPABILITY;
  }

  /** What it is and has, for people. */
  @Override
  public String toString() {
    return "%s (driver %s, %s of %s free)"
        .formatted(name, driver, ModelMemory.gib(freeBytes), ModelMemory.gib(totalBytes));
  }

  /**
   * The GPUs that this process may use, in CUDA's order, so that {@code cuda:N} is the Nth; empty
   * if there is no {@code nvidia-smi} or it fails.
   */
  public static List<Gpu> visible() {
    String chosen = System.getenv("CUDA_VISIBLE_DEVICES");
    return chosen == null ? all() : visible(all(), chosen);
  }

  /**
   * Those that {@code CUDA_VISIBLE_DEVICES} names, in its order.
   *
   * @param chosen numbers or beginnings of UUIDs; what follows an unknown one is not visible, as in
   *     CUDA
   */
  static List<Gpu> visible(List<Gpu> all, String chosen) {
    List<Gpu> visible = new ArrayList<>();
    for (String name : chosen.split(",", -1)) {
      String wanted = name.strip();
      List<Gpu> found =
          all.stream()
              .filter(
                  gpu ->
                      wanted.equals(Integer.toString(gpu.index))
                          || (wanted.startsWith("GPU-") && gpu.uuid.startsWith(wanted)))
              .toList();
      if (found.size() != 1) {
        break;
      }
      visible.add(found.get(0));
    }
    return visible;
  }

  private static List<Gpu> all() {
    try {
      Process process =
          new ProcessBuilder("nvidia-smi", QUERY, "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean isDone = process.waitFor(SECONDS, TimeUnit.SECONDS);
      return isDone && process.exitValue() == 0 ? parse(text) : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Reads the lines of {@code nvidia-smi}; memory is in MiB. */
  static List<Gpu> parse(String text) {
    return text.lines().filter(line -> !line.isBlank()).map(Gpu::of).toList();
  }

  private static Gpu of(String line) {
    String[] fields = Arrays.stream(line.split(",", -1)).map(String::strip).toArray(String[]::new);
    if (fields.length != 7) {
      throw new IllegalStateException(
          "Cannot read the line \"" + line + "\" of nvidia-smi because it has not seven fields");
    }
    return new Gpu(
        Integer.parseInt(fields[0]),
        fields[1],
        fields[2],
        fields[3],
        Long.parseLong(fields[4]) << 20,
        Long.parseLong(fields[5]) << 20,
        Integer.parseInt(fields[6].replace(".", "")));
  }
}
