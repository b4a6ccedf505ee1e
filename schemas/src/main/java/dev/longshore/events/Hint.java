package dev.longshore.events;

import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A sender's claim that something changed, as received; trusted only as a place to look.
 *
 * @param origin how the claim arrived
 * @param source the configured registry that the claim is about
 * @param repository the first repository in the body, if readable; untrusted, only to keep hints
 *     about one repository in order
 * @param contentType media type of {@code body}; {@link #REFERENCE} for our own hints
 * @param body base64 of the received bytes, the first {@link #BODY_LIMIT} of them
 * @param truncated whether the sender's body was longer, so that the whole source must be looked
 *     at; in a hint that Longshore makes itself, the whole {@code repository}
 * @param receivedAt the receiver's clock
 */
public record Hint(
    Origin origin,
    String source,
    @Nullable String repository,
    String contentType,
    String body,
    boolean truncated,
    Instant receivedAt)
    implements Event {

  /** Body of hints that Longshore makes itself: a {@link ReferenceHint} as JSON. */
  public static final String REFERENCE = "application/vnd.longshore.reference.v1+json";

  /** Longest body to keep, so that the event with its base64 stays below 64 KiB. */
  public static final int BODY_LIMIT = 40 * 1024;

  public Hint {
    int bytes = Base64.getDecoder().decode(body).length;
    if (bytes > BODY_LIMIT) {
      throw new IllegalArgumentException(
          "body: " + bytes + " bytes (expected: at most " + BODY_LIMIT + ")");
    }
  }

  /** The body's bytes as received. */
  public byte[] bytes() {
    return Base64.getDecoder().decode(body);
  }

  /** The same, but another led to it. */
  public Hint by(Origin who) {
    return new Hint(who, source, repository, contentType, body, truncated, receivedAt);
  }

  /** Hints about one repository share a key, so that its tags are looked up in order. */
  @Override
  public String key() {
    return repository == null ? source : source + "/" + repository;
  }
}
