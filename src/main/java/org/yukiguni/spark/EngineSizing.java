package org.yukiguni.spark;

import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.model.DeviceMap;

/** What {@code auto} means in the job's group {@code engine}. */
final class EngineSizing {
  private static final int CPU_SEQUENCES = 64;
  private static final int CPU_STEP_TOKENS = 512;
  private static final int CUDA_SEQUENCES = 256;
  private static final int CUDA_STEP_TOKENS = 4096;

  private EngineSizing() {}

  /**
   * The job's limits, or ours: as many sequences as pay, in a quarter of the machine's memory, or
   * in what is left of a GPU's.
   *
   * @param map where the model lies
   * @param roomForKv what its devices have left for keys and values
   */
  static EngineLimits of(EngineSpec engine, ModelLimits model, DeviceMap map, long roomForKv) {
    return of(engine, model, map, roomForKv, MachineMemory.bytes());
  }

  static EngineLimits of(
      EngineSpec engine, ModelLimits model, DeviceMap map, long roomForKv, long machineBytes) {
    boolean isOnCpu = map.parts().stream().anyMatch(part -> part.device().equals(TaskDevice.CPU));
    boolean isOnGpu = !map.toString().equals(TaskDevice.CPU);
    int sequences = engine.maxSequences().orElse(isOnCpu ? CPU_SEQUENCES : CUDA_SEQUENCES);
    long least = EngineLimits.leastKvBytes(model);
    // Never more than all rows can use. A CPU swaps rather than fail, so there no row is refused.
    long kvBytes = isOnCpu ? Math.min(roomForKv, machineBytes / 4) : roomForKv;
    kvBytes = Math.min(isOnGpu ? kvBytes : Math.max(least, kvBytes), least * sequences);
    return new EngineLimits(
        sequences,
        engine.maxStepTokens().orElse(isOnCpu ? CPU_STEP_TOKENS : CUDA_STEP_TOKENS),
        engine.kvMemory().orElse(kvBytes));
  }
}
