package org.yukiguni.hub;

import java.nio.file.Path;

/**
 * A folder on the driver with everything that a model needs.
 *
 * @param path absolute
 * @param revision tells contents apart: the hub's commit, else see {@link FolderRevision}; the
 *     value of the output column {@code model_revision}
 * @param source gives executors the same contents
 */
public record ModelFolder(Path path, String revision, ModelSource source) {}
