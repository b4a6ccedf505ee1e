package dev.longshore.app.faults;

import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A registry or Kubo, started as a development run does. */
final class OutsideProgram implements Victim {
  private static final int GONE_SECONDS = 20;
  private final Part part;
  private List<ProcessHandle> processes = List.of();

  OutsideProgram(Part part) {
    this.part = part;
  }

  @Override
  public String name() {
    return part.name();
  }

  @Override
  public long pid() {
    return processes.getFirst().pid();
  }

  @Override
  public void start() throws Exception {
    Set<ProcessHandle> before = new HashSet<>(ProcessHandle.current().children().toList());
    part.start();
    processes =
        ProcessHandle.current().children().filter(child -> !before.contains(child)).toList();
    if (processes.isEmpty()) {
      throw new AssertionError(name() + " started no process");
    }
  }

  @Override
  public void kill() throws Exception {
    for (ProcessHandle process : processes) {
      CompletableFuture<ProcessHandle> gone = process.onExit();
      process.destroyForcibly();
      gone.get(GONE_SECONDS, TimeUnit.SECONDS);
    }
    part.stop(Duration.ZERO);
  }

  @Override
  public void stop() throws Exception {
    part.stop(Duration.ofSeconds(5));
  }
}
