package dev.longshore.runtime.testing;

import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.concurrent.atomic.AtomicReference;

/** A step that is another one after a restart. */
final class SwitchableStep implements Step {
  private final AtomicReference<Step> current;

  SwitchableStep(Step first) {
    this.current = new AtomicReference<>(first);
  }

  void set(Step next) {
    current.set(next);
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return current.get().handle(message, progress);
  }
}
