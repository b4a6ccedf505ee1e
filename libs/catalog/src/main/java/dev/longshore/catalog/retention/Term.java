package dev.longshore.catalog.retention;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Until when a repository wants a digest.
 *
 * @param clause what keeps it longest
 * @param until when that ends; {@link #UNLIMITED} while it does not end by itself
 * @param leftAt since when no tag points to it; null if one does, or if it never counted as a
 *     version
 * @param follows whether it is wanted as long as another is
 */
public record Term(Clause clause, Instant until, @Nullable Instant leftAt, boolean follows) {
  public static final Instant UNLIMITED = Instant.MAX;

  /** What keeps a digest. */
  public enum Clause {
    /** A tag points to it. */
    TAG("a tag points to it"),
    LAST("keep.last"),
    FOR("keep.for"),
    DELETED_FOR("keep.deleted-for"),
    PULLED_WITHIN("keep.pulled-within"),
    /** It follows what it refers to. */
    SUBJECT("it belongs to another image"),
    /** What it refers to is not known. */
    UNKNOWN_SUBJECT("nothing is known of the image that it belongs to"),
    /** Its index has it. */
    INDEX("an index has it"),
    /** The registry lists no tag of the repository: that is rather its mistake. */
    NO_TAGS("the registry lists no tag of the repository"),
    /** Nothing does, since the last tag left it. */
    NONE("nothing keeps it");

    private final String words;

    Clause(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  static Term unlimited(Clause clause, @Nullable Instant leftAt) {
    return new Term(clause, UNLIMITED, leftAt);
  }

  Term(Clause clause, Instant until, @Nullable Instant leftAt) {
    this(clause, until, leftAt, false);
  }

  Term following() {
    return new Term(clause, until, leftAt, true);
  }

  /** Whether it is wanted at that time. */
  public boolean isWantedAt(Instant now) {
    return now.isBefore(until);
  }
}
