package org.yukiguni.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cache of one repository, laid out as Hugging Face's own library does, so that either uses
 * what the other has fetched:
 *
 * <pre>
 * models--org--name/blobs/ETAG                   contents, by the name that the hub gives them
 * models--org--name/refs/REVISION                a text file with the commit
 * models--org--name/snapshots/COMMIT/FILE        a link to ../../blobs/ETAG
 * models--org--name/.no_exist/COMMIT/FILE        an empty file: the commit has no such file
 * .locks/models--org--name/
 * </pre>
 */
final class HubCache {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private final Path root;
  private final String repository;

  /**
   * Looks at a repository; makes nothing.
   *
   * @param root {@code HF_HUB_CACHE}
   * @param id {@code org/name}, or {@code name} of some old models
   */
  HubCache(Path root, String id) {
    this.root = root;
    this.repository = "models--" + id.replace("/", "--");
  }

  /** Whether a text is a whole commit hash, which needs no one to resolve it. */
  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  /** The commit that a branch or tag was when it was fetched last. */
  Optional<String> commit(String revision) throws IOException {
    if (isCommit(revision)) {
      return Optional.of(revision);
    }
    Path ref = folder().resolve("refs").resolve(revision);
    return Files.isRegularFile(ref)
        ? Optional.of(Files.readString(ref).strip()).filter(HubCache::isCommit)
        : Optional.empty();
  }

  /** Notes which commit a branch or tag is. */
  void note(String revision, String commit) throws IOException {
    if (!isCommit(revision) && !commit(revision).equals(Optional.of(commit))) {
      Path ref = folder().resolve("refs").resolve(revision);
      Files.createDirectories(ref.getParent());
      Path written = Files.createTempFile(ref.getParent(), ".ref", "");
      Files.writeString(written, commit);
      Files.move(written, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The folder that looks like the repository at a commit; it may not exist. */
  Path snapshot(String commit) {
    return folder().resolve("snapshots").resolve(commit);
  }

  /** The files of a snapshot whose contents are there. */
  Set<String> files(String commit) throws IOException {
    Set<String> names = new HashSet<>();
    if (Files.isDirectory(snapshot(commit))) {
      try (Stream<Path> files = Files.list(snapshot(commit))) {
        // A link without its blob is no file.
        files.filter(Files::isRegularFile).forEach(f -> names.add(f.getFileName().toString()));
      }
    }
    return names;
  }

  /** The folder of contents. */
  Path blobs() {
    return folder().resolve("blobs");
  }

  /** Where contents lie. */
  Path blob(Etag etag) {
    return blobs().resolve(etag.value());
  }

  /** Puts contents that are there into a snapshot. */
  void link(String commit, String name, Etag etag) throws IOException {
    Path link = snapshot(commit).resolve(name);
    Files.createDirectories(link.getParent());
    if (Files.isSymbolicLink(link) && !Files.exists(link)) {
      Files.delete(link);
    }
    try {
      Files.createSymbolicLink(link, link.getParent().relativize(blob(etag)));
    } catch (FileAlreadyExistsException e) {
      // A snapshot does not change: another process has made the same link.
    }
  }

  /** Whether it is known that a commit has no such file. */
  boolean isAbsent(String commit, String name) {
    return Files.exists(absent(commit, name));
  }

  /** Notes that a commit has no such file. */
  void noteAbsent(String commit, String name) throws IOException {
    Path note = absent(commit, name);
    Files.createDirectories(note.getParent());
    if (!Files.exists(note)) {
      Files.write(note, new byte[0]);
    }
  }

  /** Does something while no other thread or process of this host changes the repository. */
  void alone(HostLock.Action action) throws IOException {
    HostLock.during(root.resolve(".locks").resolve(repository).resolve("yukiguni.lock"), action);
  }

  private Path absent(String commit, String name) {
    return folder().resolve(".no_exist").resolve(commit).resolve(name);
  }

  private Path folder() {
    return root.resolve(repository);
  }
}
