package org.yukiguni.hub;

import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/**
 * A commit of a repository. Which hub it is and whether it may be asked hold for the whole job, as
 * the driver's environment says them; cache and token are each host's own.
 *
 * @param id of the repository
 * @param commit whole hash
 * @param kind of files that are needed
 * @param endpoint of the hub
 * @param isOffline whether no host may fetch
 */
record HubSource(String id, String commit, ModelFiles kind, URI endpoint, boolean isOffline)
    implements ModelSource {
  @Override
  public Path folder(Configuration hadoop, FetchListener listener) {
    return new Hub(HubEnvironment.ofProcess().with(endpoint, isOffline), listener)
        .folder(id, commit, kind);
  }
}
