package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.state;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.programs.Command;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.KafkaBed;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A host as a process of its own, to be killed or paused. For each event it publishes a state, then
 * announces a conversion; a gap is made good while the file {@code good} is there; between them it
 * waits while the file {@code hold} is in its folder, where it leaves the file {@code held}, and
 * {@code interrupted} if it was interrupted in that place.
 */
final class ChildHost {
  private static final long LOOK_MILLIS = 20;

  private final Path folder;
  private final int callsToLive;
  private final AtomicInteger calls = new AtomicInteger();

  private ChildHost(Path folder, int callsToLive) {
    this.folder = folder;
    this.callsToLive = callsToLive;
  }

  /**
   * Starts it as a process.
   *
   * @param callsToLive how many places of its steps it passes until it halts there; 0 for no limit
   */
  static RunningProgram start(
      Map<String, Object> connection, String prefix, String instance, Path folder, int callsToLive)
      throws IOException, InterruptedException {
    Command command =
        Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ChildHost.class.getName(),
            connection.get("bootstrap.servers").toString(),
            prefix,
            instance,
            folder.toString(),
            Integer.toString(callsToLive));
    Path log = folder.resolve("log-" + instance);
    return new Program("host " + instance, command, log, Ready.atOnce(), Duration.ZERO).start();
  }

  public static void main(String[] args) {
    ChildHost child = new ChildHost(Path.of(args[3]), Integer.parseInt(args[4]));
    Clock clock = Clock.systemUTC();
    Map<String, Object> connection = Map.of("bootstrap.servers", args[0]);
    Catalog catalog = Catalog.inMemory(clock);
    CatalogFollower follower =
        new CatalogFollower(connection, args[1], KafkaBed.FOLLOWED, catalog, clock);
    follower.start();
    new KeyedConsumer(
            new ConsumerSettings(
                connection, args[1], new ServiceId("tester", "test", args[2]), KafkaBed.SESSION),
            Set.of(Topic.OBSERVED),
            child::handle,
            new Endpoints(clock, (_, _) -> {}, new Random(1)),
            catalog,
            follower,
            child::look,
            OpenTelemetry.noop(),
            clock)
        .start();
  }

  private Effects handle(Message message, Progress progress) throws InterruptedException {
    Observed observed = (Observed) message.body();
    passPlace();
    progress.publish(Effects.of(state("dag" + observed.size(), 1)));
    passPlace();
    hold();
    passPlace();
    return new Effects(List.of(converted(observed)), List.of(this::passPlace));
  }

  private void look(OpenGap open) {
    touch("gap-" + open.gap().topic() + "-" + open.gap().partition());
    try {
      while (!Files.exists(folder.resolve("good"))) {
        if (new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      open.madeGood();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void passPlace() {
    if (calls.incrementAndGet() == callsToLive) {
      Runtime.getRuntime().halt(137);
    }
  }

  private void hold() throws InterruptedException {
    try {
      while (Files.exists(folder.resolve("hold"))) {
        touch("held");
        if (new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      touch("interrupted");
      throw e;
    }
  }

  private void touch(String name) {
    try {
      Files.writeString(folder.resolve(name), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
