package org.yukiguni.hub;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/**
 * A folder that every host has under the same path.
 *
 * @param path absolute
 * @param revision of its contents, so that a changed model is another model
 */
record LocalSource(String path, String revision) implements ModelSource {
  @Override
  public Path folder(Configuration hadoop) {
    return Path.of(path);
  }
}
