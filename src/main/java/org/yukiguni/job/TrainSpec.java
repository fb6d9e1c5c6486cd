package org.yukiguni.job;

/**
 * How a model is trained. Names, meanings and defaults are those of transformers' {@code
 * TrainingArguments}, those of trl's {@code SFTConfig} for lengths, and alpaca-lora's where neither
 * has one.
 *
 * @param answer column whose text is learnt as what follows the prompt; null where {@code
 *     prompt.messages} hold the answers too
 * @param trainOnInputs whether the prompt's tokens are learnt too
 * @param addEos whether an answer ends with the end-of-sequence token
 * @param maxLength most tokens of a row, prompt and answer together
 * @param overlong what happens to longer rows
 * @param valSetSize rows that are not learnt, but measured every evalSteps
 * @param numTrainEpochs how often every row is learnt
 * @param maxSteps steps to end after; below 1: those of the epochs
 * @param perDeviceTrainBatchSize rows that go through the model together
 * @param gradientAccumulationSteps times so many rows make a step
 * @param gradientCheckpointing whether layers are computed twice to save memory
 * @param bf16 whether the model's frozen matrices are multiplied in bfloat16
 * @param learningRate the largest of the schedule
 * @param lrSchedulerType how it falls after the warm-up
 * @param warmupSteps over which it rises from 0
 * @param warmupRatio the same as a share of all steps, where warmupSteps is 0
 * @param weightDecay of AdamW; 0 is off
 * @param adamBeta1 decay of the first moment
 * @param adamBeta2 decay of the second moment
 * @param adamEpsilon added to the root of the second moment
 * @param maxGradNorm gradients are scaled down to this norm; 0 is off
 * @param evalSteps steps from one evaluation to the next
 * @param saveSteps steps from one checkpoint to the next
 * @param saveTotalLimit checkpoints that are kept
 * @param samples rows whose prompts are answered in the end, without what was learnt and with it
 * @param seed of the first matrices, the order of the rows and dropout
 */
public record TrainSpec(
    String answer,
    @Key(otherwise = "false") boolean trainOnInputs,
    @Key(otherwise = "true") boolean addEos,
    @Key(otherwise = "1024", min = 2) int maxLength,
    @Key(otherwise = "cut") Overlong overlong,
    @Key(otherwise = "0", min = 0) int valSetSize,
    @Key(otherwise = "3.0", above = 0) double numTrainEpochs,
    @Key(otherwise = "-1") int maxSteps,
    @Key(otherwise = "8", min = 1) int perDeviceTrainBatchSize,
    @Key(otherwise = "1", min = 1) int gradientAccumulationSteps,
    @Key(otherwise = "false") boolean gradientCheckpointing,
    @Key(otherwise = "false") boolean bf16,
    @Key(otherwise = "5.0e-5", above = 0) double learningRate,
    @Key(otherwise = "linear") Scheduler lrSchedulerType,
    @Key(otherwise = "0", min = 0) int warmupSteps,
    @Key(otherwise = "0.0", min = 0, max = 1) double warmupRatio,
    @Key(otherwise = "0.0", min = 0) double weightDecay,
    @Key(otherwise = "0.9", min = 0, max = 0.999999) double adamBeta1,
    @Key(otherwise = "0.999", min = 0, max = 0.999999) double adamBeta2,
    @Key(otherwise = "1.0e-8", above = 0) double adamEpsilon,
    @Key(otherwise = "1.0", min = 0) double maxGradNorm,
    @Key(otherwise = "100", min = 1) int evalSteps,
    @Key(otherwise = "500", min = 1) int saveSteps,
    @Key(otherwise = "2", min = 1) int saveTotalLimit,
    @Key(otherwise = "0", min = 0, max = 100) int samples,
    @Key(otherwise = "42") long seed) {
  /** What happens to rows that are too long. */
  public enum Overlong {
    /** What is behind maxLength is left out. */
    CUT,
    /** The job is refused. */
    REFUSE
  }

  /** How the learning rate falls. */
  public enum Scheduler {
    LINEAR,
    COSINE,
    CONSTANT
  }
}
