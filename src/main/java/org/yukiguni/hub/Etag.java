package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a file's contents on the hub and in the cache: the SHA-256 of what is stored by
 * git-lfs, the hash that git gives a blob for everything else.
 *
 * @param value without quotes; fit for a file's name
 */
record Etag(String value) {
  private static final Pattern NAME = Pattern.compile("\\w[\\w.-]{0,150}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA_1 = Pattern.compile("[0-9a-f]{40}");

  /** Reads the header; empty if it is none that could name a file. */
  static Optional<Etag> parse(String header) {
    String value = header.replaceFirst("^W/", "").replace("\"", "").strip();
    return NAME.matcher(value).matches() ? Optional.of(new Etag(value)) : Optional.empty();
  }

  /**
   * A check to feed with the contents; empty if the value is neither hash, as with some mirrors, so
   * that the size alone can be checked.
   *
   * @param size of the contents in bytes; git puts it before them
   */
  Optional<MessageDigest> check(long size) {
    if (SHA_256.matcher(value).matches()) {
      return Optional.of(digest("SHA-256"));
    }
    if (SHA_1.matcher(value).matches()) {
      MessageDigest git = digest("SHA-1");
      git.update(("blob " + size + "\0").getBytes(UTF_8));
      return Optional.of(git);
    }
    return Optional.empty();
  }

  /** The value that a finished check stands for. */
  static String of(MessageDigest check) {
    return HexFormat.of().formatHex(check.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has " + algorithm, e);
    }
  }
}
