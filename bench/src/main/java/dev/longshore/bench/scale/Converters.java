package dev.longshore.bench.scale;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.Jvm;
import dev.longshore.bench.parts.LoopbackRegistry;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.Topic;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.programs.Command;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;

/** Some converters that share the topics of a prefix of their own. */
final class Converters implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private final List<Runnable> ends = new ArrayList<>();
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final EventSender sender;

  /** An image in the registry. */
  record Pushed(RepositoryName name, String tag, Reference reference, ImageSource source) {
    Observed observed() throws Exception {
      Descriptor root = source.resolve(reference);
      Instant now = Instant.now();
      return new Observed(
          name,
          new Tag(tag),
          root.digest(),
          root.mediaType(),
          root.size(),
          Origin.WEBHOOK,
          now,
          now,
          null);
    }
  }

  private Converters(Map<String, Object> kafka, String prefix) {
    ends.add(catalog::close);
    CatalogFollower follower = new CatalogFollower(kafka, prefix, catalog, Clock.systemUTC());
    ends.add(follower::close);
    follower.start();
    this.sender = new EventSender(kafka, prefix, "bench", LIMIT, Clock.systemUTC());
    ends.add(sender::close);
  }

  /** Starts them, and returns when each has its share. */
  static Converters start(
      int count, Path folder, String brokers, LoopbackRegistry registry, FreshKubo kubo)
      throws Exception {
    String prefix = folder.getFileName() + ".";
    Map<String, Object> kafka = Map.of("bootstrap.servers", brokers);
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin, Topics.specs(prefix, (short) 1), LIMIT).createMissing();
      Converters converters = new Converters(kafka, prefix);
      for (int i = 0; i < count; i++) {
        RunningProgram converter =
            converter(folder.resolve("converter-" + i), i, prefix, brokers, registry, kubo);
        converters.ends.add(converter::close);
      }
      awaitShares(admin, prefix + "converter", count);
      return converters;
    }
  }

  private static RunningProgram converter(
      Path home,
      int instance,
      String prefix,
      String brokers,
      LoopbackRegistry registry,
      FreshKubo kubo)
      throws IOException, InterruptedException {
    Files.createDirectories(home);
    Path config =
        Files.writeString(
            home.resolve("longshore.yaml"),
            """
            home: %s
            instance: "%d"
            kafka: {bootstrap-servers: ["%s"], topic-prefix: %s}
            registries: [{name: local, host: "%s"}]
            peers: [{name: %s, rpc: "%s", gateway: "%s"}]
            health: {listen: "127.0.0.1:0"}
            """
                .formatted(
                    home,
                    instance,
                    brokers,
                    prefix,
                    registry.name("any").host().value(),
                    kubo.settings().name(),
                    kubo.settings().rpc(),
                    kubo.settings().gateway()));
    List<String> command =
        Jvm.command(List.of("-Xmx256m", "-XX:MaxDirectMemorySize=64m"), "dev.longshore.app.Main");
    command.addAll(List.of("service", "converter", "--config", config.toString()));
    return new Program(
            "converter-" + instance,
            Command.of(command).with(Map.of("LONGSHORE_HOME", home.toString())),
            home.resolve("out"),
            Ready.says("converter is ready"),
            LIMIT)
        .start();
  }

  private static void awaitShares(Admin admin, String group, int count) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!haveShares(admin, group, count)) {
      if (System.nanoTime() > end) {
        throw new TimeoutException(count + " converters do not share the work within " + LIMIT);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
    }
  }

  /** Each has as many numbers as the others, of its two topics. */
  private static boolean haveShares(Admin admin, String group, int count) throws Exception {
    ConsumerGroupDescription found =
        admin
            .describeConsumerGroups(List.of(group))
            .all()
            .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .get(group);
    return found != null
        && found.members().size() == count
        && found.members().stream()
            .allMatch(m -> m.assignment().topicPartitions().size() == 2 * Topic.PARTITIONS / count);
  }

  /** Has the images converted, and returns when the last one is. */
  Sample convert(List<Pushed> images, long bytes) throws Exception {
    List<Observed> events = new ArrayList<>();
    for (Pushed image : images) {
      events.add(image.observed());
    }
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    for (Observed event : events) {
      sender.send(event, event.digest().toString());
    }
    for (Observed event : events) {
      if (catalog
          .await(() -> catalog.conversions().ofDigest(event.digest()).stream().findFirst(), LIMIT)
          .isEmpty()) {
        throw new TimeoutException(event.key() + " was not converted in " + LIMIT);
      }
    }
    return watch.sample(bytes);
  }

  @Override
  public void close() {
    ends.reversed().forEach(Runnable::run);
  }
}
