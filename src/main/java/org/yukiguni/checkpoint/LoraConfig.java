package org.yukiguni.checkpoint;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What of a model is trained, under the names of peft's {@code LoraConfig}.
 *
 * @param r rank of the changes
 * @param loraAlpha numerator of their scale
 * @param loraDropout share of a change's inputs that are dropped while training; 0 is off
 * @param useRslora whether the scale is alpha / sqrt(r) instead of alpha / r
 * @param targetModules ends of the paths of linear layers; a single text may be a regular
 *     expression over whole paths, or {@code all-linear}
 * @param modulesToSave ends of the paths of modules of which a whole copy is trained
 */
public record LoraConfig(
    int r,
    double loraAlpha,
    double loraDropout,
    boolean useRslora,
    List<String> targetModules,
    List<String> modulesToSave)
    implements Serializable {
  private static final String ALL = "all-linear";

  public LoraConfig {
    targetModules = List.copyOf(targetModules);
    modulesToSave = List.copyOf(modulesToSave);
  }

  /** The factor of B A. */
  public double scale() {
    return loraAlpha / (useRslora ? Math.sqrt(r) : r);
  }

  /** Whether target_modules is a pattern of whole paths rather than a list of ends. */
  boolean isPattern() {
    return targetModules.size() == 1 && !targetModules.get(0).matches("[\\w.]+");
  }

  boolean targets(String path) {
    if (targetModules.size() == 1) {
      String only = targetModules.get(0);
      return only.equals(ALL) || isEnd(path, only) || matches(path, only);
    }
    return targetModules.stream().anyMatch(name -> isEnd(path, name));
  }

  boolean saves(String path) {
    return modulesToSave.stream().anyMatch(name -> isEnd(path, name));
  }

  private static boolean isEnd(String path, String name) {
    return path.equals(name) || path.endsWith("." + name);
  }

  private static boolean matches(String path, String pattern) {
    try {
      return Pattern.matches(pattern, path);
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
