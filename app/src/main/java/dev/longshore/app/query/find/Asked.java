package dev.longshore.app.query.find;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.OciFormatException;

/** What the user typed for a known image. */
public sealed interface Asked {
  /** A digest of its manifest or index. */
  record ByDigest(Digest digest) implements Asked {}

  /** A CID of its DAG or root, with or without {@code ipfs://}. */
  record ByCid(Cid cid) implements Asked {}

  /** Anything else, which may be a name. */
  record ByName(String text) implements Asked {}

  /** Reads it. */
  public static Asked of(String text) {
    try {
      return new ByDigest(Digest.parse(text));
    } catch (OciFormatException notADigest) {
      return cidOrName(text);
    }
  }

  private static Asked cidOrName(String text) {
    String scheme = "ipfs://";
    try {
      return new ByCid(Cid.parse(text.startsWith(scheme) ? text.substring(scheme.length()) : text));
    } catch (MalformedCidException notACid) {
      return new ByName(text);
    }
  }
}
