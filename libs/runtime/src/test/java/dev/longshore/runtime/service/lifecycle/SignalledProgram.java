package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program whose only part takes all the time it gets to stop, and says what it was given. */
final class SignalledProgram {
  private SignalledProgram() {}

  /** Started by {@link SignalsIT} with the drain in seconds; speaks on stdout. */
  public static void main(String[] arguments) throws Exception {
    Part part =
        new Part() {
          @Override
          public String name() {
            return "part";
          }

          @Override
          public void start() {
            say("started");
          }

          @Override
          public void stop(Duration drain) throws InterruptedException {
            say("draining");
            boolean never = new CountDownLatch(1).await(drain.toMillis(), TimeUnit.MILLISECONDS);
            say(never ? "impossible" : "drained");
          }
        };
    Lifecycle lifecycle =
        new Lifecycle(List.of(part), Duration.ofSeconds(Long.parseLong(arguments[0])));
    Signals.stop(lifecycle);
    lifecycle.start();
    lifecycle.awaitStopped();
    say("ended");
    System.exit(0);
  }

  private static void say(String word) {
    System.out.println(word);
    System.out.flush();
  }
}
