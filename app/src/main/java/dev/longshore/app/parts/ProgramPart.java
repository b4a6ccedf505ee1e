package dev.longshore.app.parts;

import dev.longshore.programs.Program;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program of the development run, in a separate process. */
public final class ProgramPart implements Part {
  /** Time for a program to end after SIGTERM, even if running work gets none. */
  private static final Duration TERMINATION = Duration.ofSeconds(3);

  private final String name;
  private final Preparation preparation;
  private final Consumer<String> onDeath;
  private @Nullable RunningProgram running;

  /** Writes the files that the program needs, and returns the program to start. */
  @FunctionalInterface
  interface Preparation {
    Program prepare() throws IOException;
  }

  ProgramPart(String name, Preparation preparation, Consumer<String> onDeath) {
    this.name = name;
    this.preparation = preparation;
    this.onDeath = onDeath;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() throws PartFailedException, InterruptedException {
    Program program;
    try {
      program = preparation.prepare();
    } catch (IOException e) {
      throw new PartFailedException(
          "the settings of %s could not be written: %s".formatted(name, e), e);
    }
    try {
      RunningProgram started = program.start();
      running = started;
      started.onDeath(onDeath);
    } catch (IOException e) {
      throw new PartFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The program, while it runs. */
  public @Nullable RunningProgram running() {
    return running;
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    RunningProgram ending = running;
    if (ending != null) {
      ending.stop(drain.compareTo(TERMINATION) > 0 ? drain : TERMINATION);
      running = null;
    }
  }
}
