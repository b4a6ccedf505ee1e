package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.lifecycle.Signals;
import dev.longshore.runtime.service.lifecycle.StartException;
import dev.longshore.runtime.service.lifecycle.StopException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Parts that run until SIGTERM, Ctrl-C or the death of one of them. */
final class ForegroundProgram {
  /** Time for work in progress when the program ends; a conversion resumes afterwards. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Terminal terminal;
  private final AtomicReference<@Nullable Lifecycle> running = new AtomicReference<>();
  private final AtomicReference<@Nullable String> death = new AtomicReference<>();

  ForegroundProgram(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Ends the program because a part has ended; the user reads the sentence. */
  void died(String sentence) {
    if (!death.compareAndSet(null, sentence)) {
      return;
    }
    terminal.error(sentence);
    Lifecycle lifecycle = running.get();
    if (lifecycle != null) {
      Thread.ofPlatform().name("stop").start(() -> stop(lifecycle));
    }
  }

  /** Starts the parts, says so, and returns when they have ended. */
  ExitCode run(List<Part> parts, Runnable ready) throws CommandException, InterruptedException {
    Lifecycle lifecycle = start(parts);
    ready.run();
    lifecycle.awaitStopped();
    return death.get() == null ? ExitCode.COMPLETE : ExitCode.ERROR;
  }

  /** Starts the parts; signals end them from now on. */
  Lifecycle start(List<Part> parts) throws CommandException {
    Lifecycle lifecycle = new Lifecycle(parts, DRAIN);
    running.set(lifecycle);
    Signals.stop(lifecycle);
    try {
      lifecycle.start();
    } catch (StartException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
    if (death.get() != null) {
      stop(lifecycle);
    }
    return lifecycle;
  }

  void stop(Lifecycle lifecycle) {
    try {
      lifecycle.stop();
    } catch (StopException e) {
      terminal.error("ended, but: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
