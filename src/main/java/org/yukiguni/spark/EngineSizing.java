package org.yukiguni.spark;

import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.job.EngineSpec;

/** What {@code auto} means in the job's group {@code engine}. */
final class EngineSizing {
  private static final int CPU_SEQUENCES = 64;
  private static final int CPU_STEP_TOKENS = 512;
  private static final int CUDA_SEQUENCES = 256;
  private static final int CUDA_STEP_TOKENS = 4096;

  /**
   * DJL does not say how much memory a GPU has; larger ones deserve an {@code engine.kv_memory}.
   */
  private static final long CUDA_KV_BYTES = 4L << 30;

  private EngineSizing() {}

  /** The job's limits, or ours: as many sequences as pay, in a quarter of the machine's memory. */
  static EngineLimits of(EngineSpec engine, ModelLimits model, String device) {
    return of(engine, model, device, MachineMemory.bytes());
  }

  static EngineLimits of(EngineSpec engine, ModelLimits model, String device, long machineBytes) {
    boolean isCpu = device.equals("cpu");
    int sequences = engine.maxSequences().orElse(isCpu ? CPU_SEQUENCES : CUDA_SEQUENCES);
    long least = EngineLimits.leastKvBytes(model);
    long room = isCpu ? machineBytes / 4 : CUDA_KV_BYTES;
    // Never less than any one row needs, never more than all rows can use.
    long kvBytes = Math.max(least, Math.min(room, least * sequences));
    return new EngineLimits(
        sequences,
        engine.maxStepTokens().orElse(isCpu ? CPU_STEP_TOKENS : CUDA_STEP_TOKENS),
        engine.kvMemory().orElse(kvBytes));
  }
}
