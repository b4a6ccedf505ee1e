package dev.longshore.oci.registry;

import dev.longshore.oci.source.RequestQuota;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer says of the requests that its server still takes: Retry-After (RFC 9110) and the
 * headers RateLimit-Remaining and RateLimit-Reset, with X- or without, or RateLimit (IETF draft
 * "RateLimit header fields for HTTP", and its earlier versions).
 */
final class RequestLimits {
  private static final Pattern NUMBER = Pattern.compile("\\s*([0-9]{1,12})\\s*(;.*)?");
  private static final Pattern WINDOW =
      Pattern.compile("\\s*([1-9][0-9]{0,11})\\s*;\\s*w=([1-9][0-9]{0,8})\\s*");

  private static final Pattern REMAINING = Pattern.compile("(?:\\br|\\bremaining)=([0-9]{1,12})");
  private static final Pattern RESET = Pattern.compile("(?:\\bt|\\breset)=([0-9]{1,12})");

  /** A larger number of seconds is a date: no limit lasts for thirty years. */
  private static final long EPOCH = 1_000_000_000;

  private RequestLimits() {}

  /** How long the server takes no more, if it says so. */
  static Optional<Duration> pause(AnswerHead head, Instant now) {
    if (head.status() == 429 || head.status() == 503) {
      Optional<Duration> wish =
          head.first("Retry-After").flatMap(value -> RetryAfter.parse(value, now));
      if (wish.isPresent()) {
        return wish;
      }
    }
    return pair(head, "RateLimit-", now)
        .or(() -> pair(head, "X-RateLimit-", now))
        .or(() -> head.first("RateLimit").flatMap(field -> field(field, now)));
  }

  /** How many requests the server takes in a time, as Docker Hub says it: {@code 100;w=21600}. */
  static Optional<RequestQuota> quota(AnswerHead head) {
    Matcher limit = WINDOW.matcher(head.first("RateLimit-Limit").orElse(""));
    if (!limit.matches()) {
      return Optional.empty();
    }
    Optional<Long> left = head.first("RateLimit-Remaining").flatMap(RequestLimits::number);
    return Optional.of(
        new RequestQuota(
            Long.parseLong(limit.group(1)),
            Duration.ofSeconds(Long.parseLong(limit.group(2))),
            left.map(OptionalLong::of).orElseGet(OptionalLong::empty)));
  }

  private static Optional<Duration> pair(AnswerHead head, String prefix, Instant now) {
    return usedUp(
        head.first(prefix + "Remaining").flatMap(RequestLimits::number),
        head.first(prefix + "Reset").flatMap(RequestLimits::number),
        now);
  }

  private static Optional<Duration> field(String field, Instant now) {
    return usedUp(found(REMAINING, field), found(RESET, field), now);
  }

  /** Where nothing says when there are more, the next refusal does. */
  private static Optional<Duration> usedUp(
      Optional<Long> remaining, Optional<Long> reset, Instant now) {
    return remaining
        .filter(left -> left == 0)
        .flatMap(_ -> reset)
        .map(seconds -> seconds > EPOCH ? seconds - now.getEpochSecond() : seconds)
        .filter(seconds -> seconds > 0)
        .map(Duration::ofSeconds);
  }

  private static Optional<Long> number(String text) {
    Matcher matcher = NUMBER.matcher(text);
    return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }

  private static Optional<Long> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }
}
