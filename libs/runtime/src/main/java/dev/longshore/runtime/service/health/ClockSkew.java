package dev.longshore.runtime.service.health;

import dev.longshore.model.check.Findings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** How far another clock is from ours. */
public final class ClockSkew {
  /** Ignored: the time of a request and the rounding of a date to the second. */
  private static final Duration NOTHING = Duration.ofSeconds(10);

  /** Registries' tokens are valid for minutes by the registry's clock. */
  private static final Duration TOO_FAR = Duration.ofMinutes(2);

  private static final String REMEDY =
      "set both clocks by NTP (timedatectl set-ntp true): tokens, certificates and ages go by"
          + " them";

  private ClockSkew() {}

  /** Records how far the other clock is ahead or behind. */
  public static void judge(Findings findings, String whose, Instant theirs, Clock ours) {
    Duration ahead = Duration.between(ours.instant(), theirs);
    Duration apart = ahead.abs();
    String tried = "compare clocks with " + whose;
    String found =
        "%d s %s ours".formatted(apart.toSeconds(), ahead.isNegative() ? "behind" : "ahead of");
    if (apart.compareTo(NOTHING) <= 0) {
      findings.fine(tried, "no more than " + NOTHING.toSeconds() + " s apart");
    } else if (apart.compareTo(TOO_FAR) <= 0) {
      findings.warning(tried, found, REMEDY);
    } else {
      findings.wrong(tried, found, REMEDY);
    }
  }
}
