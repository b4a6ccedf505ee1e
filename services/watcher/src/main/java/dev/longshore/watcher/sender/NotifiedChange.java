package dev.longshore.watcher.sender;

import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a notification says of one manifest, or of a repository without saying which: a reason to
 * look at its registry. It names no host, as the registry that is asked is the one that the webhook
 * belongs to.
 *
 * @param repository a valid name below that registry
 * @param tag the tag that may have moved, if it names one
 * @param digest the digest that may have arrived, if it names one
 * @param deletion whether the tag is said to be gone
 * @param at when it happened, by the sender's clock, if it says so
 */
public record NotifiedChange(
    String repository,
    @Nullable Tag tag,
    @Nullable Digest digest,
    boolean deletion,
    @Nullable Instant at) {

  /**
   * Whether it names neither tag nor digest, so that only the whole repository can be looked at.
   */
  public boolean isOfWholeRepository() {
    return tag == null && digest == null;
  }

  /** For people. */
  public String text() {
    if (isOfWholeRepository()) {
      return "a change in " + repository + " that it does not name: all tags are compared";
    }
    return (deletion ? "deletion of " : "push of ")
        + repository
        + (tag == null ? "" : ":" + tag.text())
        + (digest == null ? "" : "@" + digest);
  }

  /** The name to look up, without the registry: by tag if it has one. */
  String image() {
    return repository + (tag == null ? "@" + digest : ":" + tag.text());
  }
}
