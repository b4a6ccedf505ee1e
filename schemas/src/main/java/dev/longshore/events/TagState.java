package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param observedAt watcher's clock at the look that brought this digest, or found it deleted
 * @param versions what the name pointed to before and no longer does, newest first, at most {@link
 *     #VERSIONS}; a deletion ends a version, so a digest that was deleted and came back has one
 *     too, and a tag that came back to a digest has left it once more. Empty in a record of the
 *     first release
 * @param firstSeenAt watcher's clock at the look that first found the name, deleted or not since;
 *     where earlier releases saw it, the earliest look that their record told of. None in their
 *     records
 * @param notified the notification that brought this digest; none if there was none, and in records
 *     of earlier releases
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
    Instant observedAt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Version> versions,
    @Nullable Instant firstSeenAt,
    @Nullable Notified notified)
    implements State {

  /** Former digests to keep: enough for a burst of pushes during one conversion. */
  public static final int HISTORY = 8;

  /**
   * Versions kept, and so the most that a retention rule may ask for. All are written again at each
   * move of the tag, and read at each look at it: 12 KiB, and a quarter of a millisecond.
   */
  public static final int VERSIONS = 50;

  public TagState {
    previous = List.copyOf(previous);
    versions = List.copyOf(versions);
  }

  /** A name that has left no version. */
  public TagState(
      RepositoryName name,
      @Nullable Tag tag,
      Digest digest,
      String mediaType,
      long size,
      List<Digest> previous,
      boolean deleted,
      Origin origin,
      Instant hintedAt,
      Instant observedAt) {
    this(
        name,
        tag,
        digest,
        mediaType,
        size,
        previous,
        deleted,
        origin,
        hintedAt,
        observedAt,
        List.of(),
        null);
  }

  /** A name that no sender reported. */
  public TagState(
      RepositoryName name,
      @Nullable Tag tag,
      Digest digest,
      String mediaType,
      long size,
      List<Digest> previous,
      boolean deleted,
      Origin origin,
      Instant hintedAt,
      Instant observedAt,
      List<Version> versions,
      @Nullable Instant firstSeenAt) {
    this(
        name,
        tag,
        digest,
        mediaType,
        size,
        previous,
        deleted,
        origin,
        hintedAt,
        observedAt,
        versions,
        firstSeenAt,
        null);
  }

  /**
   * The notification that told of a version.
   *
   * @param sender its kind, as in the configuration
   * @param at when it happened, by the sender's clock; none if it did not say
   */
  public record Notified(String sender, @Nullable Instant at) {}

  /**
   * What a tag pointed to for a time.
   *
   * @param digest what the source said
   * @param origin what led to the look that brought it
   * @param hintedAt receiver's clock at the hint that brought it
   * @param observedAt watcher's clock at the look that brought it; none if there was no such look,
   *     as a later version was there before it, or the tag was gone
   * @param leftAt watcher's clock at the look that found another one, or the tag deleted
   * @param notified the notification that brought it; none if there was none, and in records of
   *     earlier releases
   */
  public record Version(
      Digest digest,
      Origin origin,
      Instant hintedAt,
      @Nullable Instant observedAt,
      Instant leftAt,
      @Nullable Notified notified) {
    /** A version that no sender reported. */
    public Version(
        Digest digest,
        Origin origin,
        Instant hintedAt,
        @Nullable Instant observedAt,
        Instant leftAt) {
      this(digest, origin, hintedAt, observedAt, leftAt, null);
    }
  }

  /** The same with other versions that it left. */
  public TagState withVersions(List<Version> others) {
    return new TagState(
        name,
        tag,
        digest,
        mediaType,
        size,
        previous,
        deleted,
        origin,
        hintedAt,
        observedAt,
        others,
        firstSeenAt,
        notified);
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
