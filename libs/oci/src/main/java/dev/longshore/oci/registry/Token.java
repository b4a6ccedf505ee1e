package dev.longshore.oci.registry;

import java.time.Duration;
import java.time.Instant;

/** A bearer token and the end of its use. */
record Token(String value, Instant until) {
  /** Time before its expiry at which it is dropped, or a tenth of its life if that is less. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  static Token lasting(String value, Duration life, Instant now) {
    Duration tenth = life.dividedBy(10);
    return new Token(value, now.plus(life.minus(tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN)));
  }

  boolean usableAt(Instant now) {
    return now.isBefore(until);
  }

  @Override
  public String toString() {
    return "Token[redacted, until " + until + "]";
  }
}
