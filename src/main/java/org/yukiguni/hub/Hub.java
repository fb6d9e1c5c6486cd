package org.yukiguni.hub;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.yukiguni.hub.HubClient.Listing;

/**
 * Models of the Hugging Face hub, or of a server that speaks its protocol, by way of this host's
 * cache.
 *
 * <p>What the cache has is used without a question to the hub, also if the branch has moved since:
 * a job that ran yesterday runs with the same model today. {@link #update} asks.
 */
final class Hub {
  private static final System.Logger LOG = System.getLogger(Hub.class.getName());
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final HubEnvironment hub;
  private final HubClient client;
  private final Retry retry;
  private final FetchListener listener;

  Hub(HubEnvironment hub, FetchListener listener) {
    this(hub, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()), SILENCE, listener);
  }

  /** For tests, which do not want to wait. */
  Hub(HubEnvironment hub, Retry.Pause pause, Duration silence, FetchListener listener) {
    this.hub = hub;
    this.listener = listener;
    this.client = new HubClient(hub, silence);
    this.retry = new Retry(pause);
  }

  /**
   * The commit of a revision, its files in this host's cache; those that are not there are fetched.
   *
   * @param revision branch, tag or commit
   * @throws HubException if the model cannot be had
   */
  String resolve(String id, String revision, ModelFiles kind) {
    HubCache cache = new HubCache(hub.cache(), id);
    try {
      Optional<String> known = cache.commit(revision);
      if (known.isPresent() && isComplete(cache, known.get(), kind)) {
        return known.get();
      }
      if (known.isPresent() && isUsable(cache, known.get(), kind)) {
        return hub.isOffline() ? known.get() : completed(id, known.get(), kind);
      }
      refuseOffline(id, revision);
      return fetch(id, revision, known.orElse(revision), listing -> kind);
    } catch (IOException e) {
      throw unwritable(id, e);
    }
  }

  /**
   * The same, but asks the hub which commit the revision is now, and for adapters as well as
   * models.
   */
  String update(String id, String revision) {
    try {
      if (hub.isOffline()) {
        HubCache cache = new HubCache(hub.cache(), id);
        String known = cache.commit(revision).orElse("none");
        return resolve(id, revision, ModelFiles.of(cache.files(known)));
      }
      return fetch(id, revision, revision, listing -> ModelFiles.of(listing.files()));
    } catch (IOException e) {
      throw unwritable(id, e);
    }
  }

  /** The folder of a commit in this host's cache, fetched if it is not there. */
  Path folder(String id, String commit, ModelFiles kind) {
    resolve(id, commit, kind);
    return new HubCache(hub.cache(), id).snapshot(commit);
  }

  /**
   * What Python fetched may lack a file that nobody asked for, or have been told that it is not.
   */
  private String completed(String id, String commit, ModelFiles kind) throws IOException {
    try {
      return fetch(id, commit, commit, listing -> kind);
    } catch (HubException e) {
      if (e.reason() == HubException.Reason.REFUSED) {
        throw e;
      }
      LOG.log(
          Level.WARNING,
          "model {0} is used as the cache has it, which may be without {1}: {2}",
          id,
          String.join(", ", kind.optional()),
          e.getMessage());
      return commit;
    }
  }

  /** How a listing tells what kind of repository it is. */
  private interface Kinds {
    ModelFiles of(Listing listing);
  }

  private String fetch(String id, String revision, String known, Kinds kinds) throws IOException {
    Listing listing =
        retry.call(
            "ask %s for model %s".formatted(hub.endpoint(), id), () -> client.list(id, known));
    ModelFiles kind = kinds.of(listing);
    List<String> missing = kind.missing(listing.files());
    if (!missing.isEmpty()) {
      throw HubException.refused(
          "Cannot use model %s because its revision %s has no %s; choose a repository with a checkpoint of transformers or a LoRA adapter of peft"
              .formatted(id, revision, String.join(", and no ", missing)));
    }
    HubCache cache = new HubCache(hub.cache(), id);
    cache.alone(
        () -> {
          // Whoever was alone before may have fetched it.
          if (!isComplete(cache, listing.commit(), kind)) {
            download(id, listing, kind, cache);
          }
          cache.note(revision, listing.commit());
        });
    return listing.commit();
  }

  private void download(String id, Listing listing, ModelFiles kind, HubCache cache)
      throws IOException {
    String commit = listing.commit();
    Snapshot snapshot = new Snapshot(client, retry, id, commit, cache, listener);
    List<String> names =
        kind.choose(
            listing.files(),
            index -> {
              snapshot.fetch(List.of(index));
              return Files.readAllBytes(cache.snapshot(commit).resolve(index));
            });
    names.stream()
        .filter(Predicate.not(listing.files()::contains))
        .findFirst()
        .ifPresent(
            name -> {
              throw HubException.refused(
                  "Cannot use model %s because the index of its weights names %s, which revision %s does not have"
                      .formatted(id, name, commit));
            });
    snapshot.fetch(names);
    for (String name : kind.optional()) {
      if (!listing.files().contains(name)) {
        cache.noteAbsent(commit, name);
      }
    }
  }

  private static boolean isUsable(HubCache cache, String commit, ModelFiles kind)
      throws IOException {
    Set<String> there = cache.files(commit);
    return kind.missing(there).isEmpty()
        && there.containsAll(
            kind.choose(there, name -> Files.readAllBytes(cache.snapshot(commit).resolve(name))));
  }

  private static boolean isComplete(HubCache cache, String commit, ModelFiles kind)
      throws IOException {
    Set<String> there = cache.files(commit);
    return isUsable(cache, commit, kind)
        && kind.optional().stream()
            .allMatch(name -> there.contains(name) || cache.isAbsent(commit, name));
  }

  private void refuseOffline(String id, String revision) {
    if (hub.isOffline()) {
      throw HubException.refused(
          "Cannot use model %s because HF_HUB_OFFLINE is set and %s does not have all of its revision %s; run 'download %s' where the hub can be reached, or name a local folder"
              .formatted(id, hub.cache(), revision, id));
    }
  }

  private HubException unwritable(String id, IOException e) {
    return HubException.unreachable(
        "Cannot read or keep model %s in %s because of %s; make it writable or set HF_HUB_CACHE"
            .formatted(id, hub.cache(), e),
        e);
  }
}
