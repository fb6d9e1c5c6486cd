package org.yukiguni.job;

import java.util.List;

/**
 * What of a model is trained, under the names, meanings and defaults of peft's {@code LoraConfig}.
 *
 * @param r rank of the change of a matrix
 * @param loraAlpha the change is scaled by this over the rank
 * @param loraDropout share of the inputs of a change that are dropped; 0 is off
 * @param useRslora whether the scale is over the root of the rank instead
 * @param bias which biases are trained
 * @param targetModules ends of the names of the linear layers that are changed; {@code all-linear},
 *     or one regular expression over whole names
 * @param modulesToSave ends of the names of modules that are trained whole
 */
public record LoraSpec(
    @Key(otherwise = "8", min = 1) int r,
    @Key(otherwise = "8", above = 0) double loraAlpha,
    @Key(otherwise = "0.0", min = 0, max = 0.99) double loraDropout,
    @Key(otherwise = "false") boolean useRslora,
    @Key(otherwise = "none") Bias bias,
    @Key(presence = Key.Presence.REQUIRED) List<String> targetModules,
    @Key(otherwise = "[]") List<String> modulesToSave) {
  /** Which biases are trained. */
  public enum Bias {
    NONE
  }

  public LoraSpec {
    targetModules = List.copyOf(targetModules);
    modulesToSave = List.copyOf(modulesToSave);
  }
}
