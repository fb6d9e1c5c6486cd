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
  public Path folder(Configuration hadoop, FetchListener listener) {
    Path folder = Path.of(path);
    String found = FolderRevision.of(folder);
    if (!found.equals(revision)) {
      throw HubException.refused(
          "Cannot use model %s because its files have changed: their revision was %s and is %s; give every host the same files, and leave them alone while a job runs"
              .formatted(path, revision, found));
    }
    return folder;
  }
}
