package dev.longshore.oci;

import dev.longshore.model.Excerpt;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Why an image could not be read or written: what was tried, on what, the answer, and what to do.
 * Never contains credentials.
 */
public final class RegistryException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final OptionalInt TOO_MANY_REQUESTS = OptionalInt.of(429);

  /** Kinds of failures, by remedy. */
  public enum Kind {
    /** The registry answered that there is no such repository, tag, manifest or blob. */
    NOT_FOUND("push it first or correct the name", false),
    /** Login is needed, was refused, or does not allow this. */
    UNAUTHORIZED("check the credentials configured for this registry", true),
    /**
     * The registry is away, overloaded or too slow, or broke off: the same request may work later.
     */
    TRANSIENT("it is worth trying again later", true),
    /** The answer has the wrong content: wrong digest or size, malformed manifest. */
    BAD_CONTENT("the content has to be pushed again", false),
    /** Larger than a named limit. */
    LIMIT("it is larger than Longshore takes", false),
    /** The registry or the source cannot do this, or asks for something unsafe. */
    UNSUPPORTED("check the registry's settings", false),
    /** The calling thread was interrupted; its interrupt flag is set. */
    INTERRUPTED("it was broken off from this side", true);

    private final String advice;
    private final boolean passing;

    Kind(String advice, boolean passing) {
      this.advice = advice;
      this.passing = passing;
    }

    /** The remedy. */
    public String advice() {
      return advice;
    }
  }

  /**
   * What was tried.
   *
   * @param action such as {@code GET manifest}
   * @param target such as {@code docker.io/library/alpine:3}; without credentials or query
   */
  public record Attempt(String action, String target) {
    public RegistryException failed(Kind kind, String reason) {
      return new RegistryException(this, kind, reason, null, null, null);
    }

    public RegistryException failed(Kind kind, String reason, @Nullable Throwable cause) {
      return new RegistryException(this, kind, reason, null, null, cause);
    }

    public RegistryException failed(Kind kind, String reason, Answer answer) {
      return new RegistryException(
          this, kind, reason, answer, answer.retryAfter.orElse(null), null);
    }

    /** The failure for a request that is not sent now, as the registry asked for a pause. */
    public RegistryException heldBack(String reason, Duration pause) {
      return new RegistryException(this, Kind.TRANSIENT, reason, null, pause, null);
    }

    /** The failure for an interrupted thread; sets its flag again. */
    public RegistryException interrupted() {
      Thread.currentThread().interrupt();
      return failed(Kind.INTERRUPTED, "interrupted");
    }
  }

  /**
   * What came back.
   *
   * @param codes of the OCI error body, such as {@code MANIFEST_UNKNOWN}
   * @param retryAfter the pause that the server asked for
   */
  public record Answer(int status, List<String> codes, Optional<Duration> retryAfter) {
    public Answer {
      codes = List.copyOf(codes);
    }
  }

  private final transient Attempt attempt;
  private final transient @Nullable Answer answer;
  private final @Nullable Duration retryAfter;
  private final Kind kind;
  private final String reason;

  private RegistryException(
      Attempt attempt,
      Kind kind,
      String reason,
      @Nullable Answer answer,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(text(attempt, kind, reason, answer), cause);
    this.attempt = attempt;
    this.kind = kind;
    this.reason = reason;
    this.answer = answer;
    this.retryAfter = retryAfter;
  }

  private static String text(Attempt attempt, Kind kind, String reason, @Nullable Answer answer) {
    var text = new StringBuilder(attempt.action).append(' ').append(attempt.target).append(": ");
    if (answer != null) {
      text.append(answer.status).append(' ');
      answer.codes.forEach(code -> text.append(Excerpt.of(code)).append(' '));
    }
    return text.append(Excerpt.of(reason)).append("; ").append(kind.advice).toString();
  }

  public Kind kind() {
    return kind;
  }

  /** Whether nothing was sent, as there was to be a pause. */
  public boolean isHeldBack() {
    return kind == Kind.TRANSIENT && answer == null && retryAfter != null;
  }

  /** Whether the registry wants fewer requests than it gets: it says so, or said so before. */
  public boolean wantsFewerRequests() {
    return isHeldBack() || status().equals(TOO_MANY_REQUESTS);
  }

  public String action() {
    return attempt.action;
  }

  public String target() {
    return attempt.target;
  }

  public String reason() {
    return reason;
  }

  /** The HTTP status, if there was an answer. */
  public OptionalInt status() {
    return answer == null ? OptionalInt.empty() : OptionalInt.of(answer.status);
  }

  /** The OCI error codes of the answer. */
  public List<String> codes() {
    return answer == null ? List.of() : answer.codes;
  }

  /** The pause that the server asked for. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the same request may succeed later without a new push: pause and retry for ever. */
  public boolean transientFailure() {
    return kind.passing;
  }
}
