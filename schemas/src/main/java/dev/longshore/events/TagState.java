package dev.longshore.events;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a name points to: a tag with the digests that it had, or a digest that a repository holds.
 *
 * @param registry registry host as names carry it
 * @param repository repository below the registry
 * @param tag the tag; none for a record that says only that the repository holds the digest
 * @param digest what the source said at the last look
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
    String registry,
    String repository,
    @Nullable String tag,
    String digest,
    String mediaType,
    long size,
    List<String> previous,
    boolean deleted,
    Origin origin,
    Instant hintedAt,
    Instant observedAt)
    implements State {

  /** Digests kept besides the current one: enough for a burst of pushes during one conversion. */
  public static final int HISTORY = 8;

  public TagState {
    previous = List.copyOf(previous);
  }

  @Override
  public String key() {
    return key(registry, repository, tag, digest);
  }

  /** {@code registry/repository:tag}, or {@code registry/repository@digest} without a tag. */
  public static String key(
      String registry, String repository, @Nullable String tag, String digest) {
    return registry + "/" + repository + (tag == null ? "@" + digest : ":" + tag);
  }
}
