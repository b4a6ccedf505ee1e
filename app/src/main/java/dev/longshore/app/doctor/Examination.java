package dev.longshore.app.doctor;

import dev.longshore.model.check.Check;
import dev.longshore.model.check.Finding;
import dev.longshore.model.check.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs checks all at once, each for so long at most. */
final class Examination {
  private final Duration limit;

  /** With this limit for each check. */
  Examination(Duration limit) {
    this.limit = limit;
  }

  private record Running(String part, Findings findings, Future<?> end) {}

  /** What all checks found, in their order. */
  List<Finding> of(List<Check> checks) throws InterruptedException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      long end = System.nanoTime() + limit.toNanos();
      List<Running> running = new ArrayList<>();
      for (Check check : checks) {
        Findings findings = new Findings(check.part());
        running.add(
            new Running(
                check.part(),
                findings,
                threads.submit(
                    () -> {
                      check.look(findings);
                      return check.part();
                    })));
      }
      List<Finding> all = new ArrayList<>();
      for (Running one : running) {
        awaitEnd(one, end);
        all.addAll(one.findings().all());
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  private void awaitEnd(Running one, long end) throws InterruptedException {
    try {
      one.end().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      one.end().cancel(true);
      one.findings()
          .wrong(
              "look at " + one.part(),
              "no answer within " + limit.toSeconds() + " s",
              "see whether it hangs or the way to it drops packets");
    } catch (ExecutionException e) {
      one.findings()
          .wrong("look at " + one.part(), reason(e.getCause()), "mend that and look again");
    }
  }

  private static String reason(@Nullable Throwable failure) {
    if (failure == null) {
      return "it broke off";
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
