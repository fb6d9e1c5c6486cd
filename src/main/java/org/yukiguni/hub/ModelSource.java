package org.yukiguni.hub;

import java.io.Serializable;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/**
 * Where a model is to be had, pinned: it travels to the executors, and on each host it stands for
 * the same contents, or fails. Sources that are equal have equal contents.
 */
public sealed interface ModelSource extends Serializable
    permits HadoopSource, HubSource, LocalSource {
  /**
   * The model's folder on this host. What is not there is fetched, once per host however many
   * processes ask.
   *
   * @param hadoop configuration of file systems
   * @param listener is told what comes
   * @throws HubException if it cannot be had
   */
  Path folder(Configuration hadoop, FetchListener listener);
}
