package org.yukiguni.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.yukiguni.hub.HubClient.RemoteFile;

/** Brings files of a commit into the cache. */
final class Snapshot {
  private final HubClient client;
  private final Retry retry;
  private final String model;
  private final String commit;
  private final HubCache cache;
  private final FetchListener listener;

  Snapshot(
      HubClient client,
      Retry retry,
      String model,
      String commit,
      HubCache cache,
      FetchListener listener) {
    this.client = client;
    this.retry = retry;
    this.model = model;
    this.commit = commit;
    this.cache = cache;
    this.listener = listener;
  }

  /**
   * Fetches files, some at a time; those that are there are left alone.
   *
   * @throws HubException for the first that cannot be had; those that are under way are broken off
   */
  void fetch(List<String> names) throws IOException {
    List<Callable<RemoteFile>> questions = new ArrayList<>();
    var there = cache.files(commit);
    for (String name : names) {
      if (!there.contains(name)) {
        questions.add(
            () ->
                retry.call(
                    "ask for " + name + " of model " + model,
                    () -> client.head(model, commit, name)));
      }
    }
    List<RemoteFile> files = Parallel.run(questions);
    // Two names may have the same contents.
    Map<Path, RemoteFile> blobs = new TreeMap<>();
    for (RemoteFile file : files) {
      Path blob = cache.blob(file.etag());
      if (!Files.exists(blob)) {
        blobs.put(blob, file);
      }
    }
    if (!blobs.isEmpty()) {
      download(blobs);
    }
    for (RemoteFile file : files) {
      cache.link(commit, file.name(), file.etag());
    }
  }

  private void download(Map<Path, RemoteFile> blobs) throws IOException {
    long bytes = blobs.values().stream().mapToLong(RemoteFile::size).sum();
    refuseFullDisk(bytes);
    try (FetchProgress progress = new FetchProgress(model, bytes, listener)) {
      List<Callable<Void>> downloads = new ArrayList<>();
      blobs.forEach(
          (blob, file) ->
              downloads.add(
                  () -> {
                    new BlobDownload(client, file, blob, progress).run(retry);
                    return null;
                  }));
      Parallel.run(downloads);
    }
  }

  private void refuseFullDisk(long bytes) throws IOException {
    Path folder = Files.createDirectories(cache.blobs());
    long free = Files.getFileStore(folder).getUsableSpace();
    if (bytes > free) {
      throw HubException.refused(
          "Cannot fetch model %s because it needs %,d bytes and %s has %,d left; make room or set HF_HUB_CACHE"
              .formatted(model, bytes, folder, free));
    }
  }
}
