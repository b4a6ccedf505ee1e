package dev.longshore.resolver.lookup;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The subject of a look-up. */
sealed interface Question {
  /** A repository's tag or digest. */
  record ByName(List<RepositoryName> candidates, Selector wanted) implements Question {
    public ByName {
      candidates = List.copyOf(candidates);
    }
  }

  /** A digest, wherever it is. */
  record ByDigest(Digest digest) implements Question {}

  /** A root CID or the CID of an image DAG. */
  record ByCid(Cid cid) implements Question {}

  /** Limit of characters: a name, a tag and a digest, each as long as possible. */
  int LONGEST = 600;

  /**
   * Reads a reference, a digest or a CID as people write or copy them.
   *
   * @throws OciFormatException when it is none of them
   */
  static Question parse(String text, Names names) {
    requireLength(text);
    try {
      return cid(text);
    } catch (OciFormatException e) {
      boolean digest =
          Arrays.stream(Digest.Algorithm.values())
              .anyMatch(algorithm -> text.startsWith(algorithm.prefix() + ":"));
      return digest ? digest(text) : name(text, names);
    }
  }

  /** Reads a digest. */
  static Question digest(String text) {
    return new ByDigest(Digest.parse(text));
  }

  /** Reads a CID, bare or as {@code ipfs://} or {@code /ipfs/} names it. */
  static Question cid(String text) {
    try {
      return new ByCid(Cid.parse(strip(strip(text, "ipfs://"), "/ipfs/")));
    } catch (MalformedCidException e) {
      throw new OciFormatException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads a name with a tag, a digest or neither. */
  static Question name(String text, Names names) {
    requireLength(text);
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    int colon = name.lastIndexOf(':');
    boolean tagged = colon >= 0 && name.indexOf('/', colon) < 0;
    Tag tag = tagged ? Tag.parse(name.substring(colon + 1)) : new Tag("latest");
    Selector wanted =
        at < 0
            ? new Selector.ByTag(tag)
            : new Selector.ByDigest(Digest.parse(text.substring(at + 1)));
    String path = tagged ? name.substring(0, colon) : name;
    if (path.indexOf(':') >= 0) {
      return new ByName(List.of(RepositoryName.canonical(path)), wanted);
    }
    if (path.indexOf('/') < 0 && names.defaultRegistry().isEmpty()) {
      return new ByName(List.of(RepositoryName.parse(path)), wanted);
    }
    return switch (names.place(path, Optional.empty())) {
      case Place.Repository(List<RepositoryName> candidates) -> new ByName(candidates, wanted);
      case Place.Ipfs(Cid cid) -> new ByCid(cid);
    };
  }

  private static void requireLength(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new OciFormatException(
          "ref: " + text.length() + " characters (expected: 1 to " + LONGEST + ")");
    }
  }

  private static String strip(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }
}
