package org.yukiguni.job;

import java.util.List;
import java.util.Map;
import org.yukiguni.engine.GenerationConfig;

/**
 * Generation settings with nothing left unset.
 *
 * @param config what the engine is asked for
 * @param settings the same under the job's names; null only where unset means "none"
 * @param origins where each set value comes from, by its key
 * @param warnings sentences about settings that have no effect; to be shown once
 */
public record ResolvedGeneration(
    GenerationConfig config,
    GenerationSettings settings,
    Map<String, Origin> origins,
    List<String> warnings) {
  public ResolvedGeneration {
    warnings = List.copyOf(warnings);
  }
}
