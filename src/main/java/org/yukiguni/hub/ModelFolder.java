package org.yukiguni.hub;

import java.nio.file.Path;

/**
 * A local folder with everything that a model needs.
 *
 * @param path absolute
 * @param revision tells contents apart, see {@link FolderRevision}; the value of the output column
 *     {@code model_revision}
 */
public record ModelFolder(Path path, String revision) {}
