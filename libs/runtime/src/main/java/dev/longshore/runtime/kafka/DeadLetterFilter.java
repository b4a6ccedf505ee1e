package dev.longshore.runtime.kafka;

import dev.longshore.runtime.kafka.record.DeadLetter;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Selects dead letters: those that match every given criterion.
 *
 * @param key key of the record
 * @param stage observe, convert or pin
 * @param reason such as DIGEST_MISMATCH
 * @param since failed at this instant or later
 * @param until failed before this instant
 */
public record DeadLetterFilter(
    Optional<String> key,
    Optional<String> stage,
    Optional<String> reason,
    Optional<Instant> since,
    Optional<Instant> until)
    implements Predicate<DeadLetter> {

  /** All of them. */
  public static final DeadLetterFilter ALL =
      new DeadLetterFilter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  @Override
  public boolean test(DeadLetter letter) {
    return key.map(letter.key()::equals).orElse(true)
        && stage.map(letter.stage()::equals).orElse(true)
        && reason.map(letter.reason()::equals).orElse(true)
        && since.map(at -> !letter.failedAt().isBefore(at)).orElse(true)
        && until.map(letter.failedAt()::isBefore).orElse(true);
  }
}
