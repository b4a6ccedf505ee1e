package dev.longshore.app.cli;

import dev.longshore.app.KafkaConnection;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogSource;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The command's own catalog, as current as Kafka. It stays in the home between commands, so that
 * each reads only what is new; a second command at the same time reads everything into memory.
 */
final class CatalogView implements AutoCloseable {
  /** After so long without anything new from a Kafka that answers. */
  private static final Duration STILL_LIMIT = Duration.ofSeconds(60);

  /** The same where nobody listens, or Kafka refuses. */
  private static final Duration AWAY_LIMIT = Duration.ofSeconds(5);

  /** The same where someone listens: on a busy host the first tries, in a cold JVM, may be late. */
  private static final Duration LATE_LIMIT = Duration.ofSeconds(30);

  private static final Duration REACH_LIMIT = Duration.ofSeconds(5);

  private final @Nullable FileChannel lock;
  private final Catalog catalog;
  private final CatalogFollower follower;

  private CatalogView(@Nullable FileChannel lock, Catalog catalog, CatalogFollower follower) {
    this.lock = lock;
    this.catalog = catalog;
    this.follower = follower;
  }

  /** Opens the catalog and returns once it shows everything that Kafka holds now. */
  static CatalogView open(Settings settings) throws CommandException, InterruptedException {
    Path folder = settings.shared().home().resolve("cli");
    FileChannel lock = tryLock(folder);
    Catalog catalog =
        lock == null
            ? Catalog.inMemory(Clock.systemUTC())
            : Catalog.open(folder.resolve("catalog.db"), Clock.systemUTC());
    Map<String, Object> connection = KafkaConnection.of(settings.shared().kafka());
    CatalogFollower follower =
        new CatalogFollower(
            connection,
            settings.shared().kafka().topicPrefix(),
            Rules.countPulls(settings.shared().rules()) ? Catalog.TOPICS_AND_PULLS : Catalog.TOPICS,
            catalog,
            Clock.systemUTC());
    CatalogView view = new CatalogView(lock, catalog, follower);
    follower.start();
    try {
      view.awaitEnd(settings);
      return view;
    } catch (CommandException | InterruptedException e) {
      view.close();
      throw e;
    }
  }

  private void awaitEnd(Settings settings) throws CommandException, InterruptedException {
    try {
      awaitEnd(
          follower,
          catalog.writer()::positions,
          () -> KafkaReach.listens(settings.shared().kafka()),
          System::nanoTime);
    } catch (TimeoutException e) {
      throw new CommandException(
          "Kafka at %s: %s; is 'longshore up' running, and is this its --config?"
              .formatted(
                  String.join(",", settings.shared().kafka().bootstrapServers()),
                  follower.problem().orElse(String.valueOf(e.getMessage()))),
          e);
    }
  }

  /**
   * Waits as long as something comes: the first read of a million images takes minutes.
   *
   * @param positions how far it is
   * @param listens whether someone listens where Kafka should be
   * @throws TimeoutException when Kafka cannot be reached, or nothing more comes
   */
  static void awaitEnd(
      CatalogSource source, Supplier<?> positions, BooleanSupplier listens, LongSupplier nanos)
      throws TimeoutException, InterruptedException {
    long moved = nanos.getAsLong();
    Object last = positions.get();
    while (true) {
      try {
        source.awaitEnd(REACH_LIMIT);
        return;
      } catch (TimeoutException e) {
        Object now = positions.get();
        if (!now.equals(last)) {
          last = now;
          moved = nanos.getAsLong();
        }
        Duration limit = source.problem().map(why -> limit(why, listens)).orElse(STILL_LIMIT);
        if (nanos.getAsLong() - moved >= limit.toNanos()) {
          throw e;
        }
      }
    }
  }

  private static Duration limit(String problem, BooleanSupplier listens) {
    return problem.endsWith(KafkaFailure.NO_ANSWER) && listens.getAsBoolean()
        ? LATE_LIMIT
        : AWAY_LIMIT;
  }

  /** Empty if another command has the file. */
  private static @Nullable FileChannel tryLock(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
      channel.close();
      return null;
    } catch (IOException unusable) {
      return null;
    }
  }

  Catalog catalog() {
    return catalog;
  }

  @Override
  public void close() {
    follower.close();
    catalog.close();
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        // It goes with the process.
        return;
      }
    }
  }
}
