package dev.longshore.watcher;

import dev.longshore.events.Hint;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Progress;
import java.util.ArrayList;
import java.util.List;

/**
 * Hints that a step makes, written some hundred at a time; the last ones with the step's result.
 */
final class FoundHints implements HintSink {
  private static final int AT_ONCE = 500;

  private final Progress progress;
  private final List<LongshoreRecord> found = new ArrayList<>();

  FoundHints(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void store(Hint hint) throws InterruptedException {
    found.add(hint);
    if (found.size() == AT_ONCE) {
      progress.publish(effects());
      found.clear();
    }
  }

  /** The hints not yet written. */
  Effects effects() {
    return new Effects(found, List.of());
  }
}
