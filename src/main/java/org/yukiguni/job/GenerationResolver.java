package org.yukiguni.job;

import java.nio.file.Path;
import java.util.List;

/** Merges the job's generation settings with the model's and Hugging Face's defaults. */
public final class GenerationResolver {
  private static final boolean LOADED = Boolean.parseBoolean("true");

  private GenerationResolver() {}

  /**
   * Resolves what a job and a model say to what the engine is asked for.
   *
   * @param job the job's settings
   * @param modelFolder whose generation_config.json and config.json are read, where present
   * @param tokenizerEos end-of-sequence ids of the tokenizer, used if nobody else names any
   * @throws InvalidJobException if the settings contradict each other, or the model's file asks for
   *     something that is not supported
   */
  public static ResolvedGeneration resolve(
      GenerationSettings job, Path modelFolder, List<Integer> tokenizerEos) {
    if (LOADED) {
      throw new UnsupportedOperationException("not yet: " + job + modelFolder + tokenizerEos);
    }
    return null;
  }
}
