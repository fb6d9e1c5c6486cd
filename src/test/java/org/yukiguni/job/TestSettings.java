package org.yukiguni.job;

import java.nio.file.Path;
import java.util.List;

/** Generation settings as a job would write them, without a model's files below them. */
public final class TestSettings {
  private TestSettings() {}

  /** The settings of a YAML group such as {@code {do_sample: true}}. */
  public static GenerationSettings settings(String yaml) {
    return Jobs.with("generation=" + yaml).generation();
  }

  /** The same, resolved for rows. */
  public static RowSettings rows(String yaml) {
    return RowSettings.of(
        GenerationResolver.resolve(settings(yaml), false, Path.of("no-such-folder"), List.of()));
  }
}
