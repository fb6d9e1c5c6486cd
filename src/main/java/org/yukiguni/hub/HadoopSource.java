package org.yukiguni.hub;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/**
 * A folder of a file system that Hadoop reads, copied to each host.
 *
 * @param uri of the folder
 * @param contents see {@link HadoopFolder#contents}
 * @param kind of files that are needed
 */
record HadoopSource(String uri, String contents, ModelFiles kind) implements ModelSource {
  @Override
  public Path folder(Configuration hadoop, FetchListener listener) {
    return new HadoopFolder(uri, kind, hadoop, HubEnvironment.ofProcess().home())
        .copy(contents, listener);
  }
}
