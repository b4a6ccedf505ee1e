package dev.longshore.resolver.name;

import dev.longshore.model.Digest;
import dev.longshore.model.Tag;

/** Selects a manifest or blob of a place. */
public sealed interface Selector {
  /** Only the tag or digest. */
  String text();

  /** The one that the tag points to. */
  record ByTag(Tag tag) implements Selector {
    @Override
    public String text() {
      return tag.text();
    }

    @Override
    public String toString() {
      return ":" + tag;
    }
  }

  /** The one that has this digest. */
  record ByDigest(Digest digest) implements Selector {
    @Override
    public String text() {
      return digest.toString();
    }

    @Override
    public String toString() {
      return "@" + digest;
    }
  }
}
