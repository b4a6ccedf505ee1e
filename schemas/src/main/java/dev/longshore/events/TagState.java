package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The target of a name: a tag with its former digests, or a digest that a repository holds.
 *
 * @param name the repository
 * @param tag the tag; null for a record that only says that the repository holds the digest
 * @param digest the source's answer at the last look
 * @param mediaType media type of that digest's manifest or index
 * @param size bytes of that manifest or index
 * @param previous digests that the tag had before, newest first, at most {@link #HISTORY}: readers
 *     serve the newest that has a verified copy
 * @param deleted whether the source no longer has it
 * @param origin what led to the last look
 * @param hintedAt receiver's clock at the hint that brought this digest
 * @param observedAt watcher's clock at the look that brought this digest
 */
public record TagState(
    @JsonUnwrapped RepositoryName name,
    @Nullable Tag tag,
    Digest digest,
    String mediaType,
    long size,
    List<Digest> previous,
    boolean deleted,
    Origin origin,
    Instant hintedAt,
    Instant observedAt)
    implements State {

  /** Former digests to keep: enough for a burst of pushes during one conversion. */
  public static final int HISTORY = 8;

  public TagState {
    previous = List.copyOf(previous);
  }

  /** The tag, or the digest if there is none, to match against tag rules. */
  public String selector() {
    return tag == null ? digest.toString() : tag.text();
  }

  @Override
  public String key() {
    return tag == null ? key(name, digest) : key(name, tag);
  }

  /** {@code registry/repository:tag}. */
  public static String key(RepositoryName name, Tag tag) {
    return name + ":" + tag;
  }

  /** {@code registry/repository@digest}: the key of a name without a tag. */
  public static String key(RepositoryName name, Digest digest) {
    return name + "@" + digest;
  }
}
