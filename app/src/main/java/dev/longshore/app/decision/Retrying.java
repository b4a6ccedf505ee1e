package dev.longshore.app.decision;

import dev.longshore.catalog.Decisions;
import dev.longshore.events.Audited;
import dev.longshore.events.Converted;
import dev.longshore.events.Event;
import dev.longshore.events.Failed;
import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.runtime.kafka.DeadLetterFilter;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.kafka.Replay;
import dev.longshore.runtime.kafka.record.DeadLetter;
import java.util.List;
import java.util.Optional;

/** Work that failed for good, and is done once more because somebody asks for it. */
public final class Retrying {
  private final DeadLetters letters;
  private final Decisions decisions;

  /**
   * @param decisions say which images are forgotten: what is about these stays
   */
  public Retrying(DeadLetters letters, Decisions decisions) {
    this.letters = letters;
    this.decisions = decisions;
  }

  /** What was not sent again so far. */
  public List<DeadLetter> waiting(DeadLetterFilter filter, int most) {
    return letters.list(filter, most).stream().filter(letter -> !letter.replayed()).toList();
  }

  /** Sends it again. */
  public Replay.Report again(DeadLetterFilter filter) {
    return new Replay(letters, this::isForgotten).run(filter);
  }

  /** Of one key. */
  public static DeadLetterFilter ofKey(String key) {
    return new DeadLetterFilter(
        Optional.of(key), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private boolean isForgotten(Event event) {
    return switch (event) {
      case Observed observed -> decisions.isForgotten(observed.digest());
      case Converted converted -> decisions.isForgotten(converted.digest());
      case Hint _, Failed _, Audited _ -> false;
    };
  }
}
