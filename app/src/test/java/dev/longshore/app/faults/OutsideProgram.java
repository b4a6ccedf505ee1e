package dev.longshore.app.faults;

import dev.longshore.app.parts.ProgramPart;
import dev.longshore.programs.RunningProgram;
import java.time.Duration;
import java.util.Objects;

/** A registry or Kubo, started as a development run does. */
final class OutsideProgram implements Victim {
  private final ProgramPart part;

  OutsideProgram(ProgramPart part) {
    this.part = part;
  }

  @Override
  public String name() {
    return part.name();
  }

  @Override
  public long pid() {
    return running().pid();
  }

  @Override
  public void start() throws Exception {
    part.start();
  }

  @Override
  public void kill() throws Exception {
    running().kill();
    part.stop(Duration.ZERO);
  }

  @Override
  public void stop() throws Exception {
    part.stop(Duration.ofSeconds(5));
  }

  private RunningProgram running() {
    return Objects.requireNonNull(part.running(), () -> name() + " does not run");
  }
}
