package dev.longshore.settings;

import dev.longshore.settings.value.Listen;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of a program: one of each form that there is. */
record Program(
    @Setting(value = ".program", doc = "folder of its own") Path home,
    @Setting(value = "{}", doc = "the cluster") Cluster kafka,
    @Setting(value = "[]", doc = "registries") List<Registry> registries,
    @Setting(value = "[]", doc = "peers") List<Peer> peers,
    @Setting(value = "info", doc = "a | b") Level level,
    @Setting(value = "{listen: \"127.0.0.1:5056\"}", doc = "health") Listener health) {

  enum Level {
    VERY_QUIET,
    INFO
  }

  record Cluster(
      @Setting(value = "[\"127.0.0.1:9092\"]", doc = "brokers") List<String> bootstrapServers,
      @Setting(value = "program.", doc = "begins names") String topicPrefix,
      @Setting(unit = "replicas", doc = "replicas of a topic")
          @Nullable Integer replicationFactor) {}

  record Registry(
      @Setting(unique = "name", doc = "name for people") String name,
      @Setting(unique = "host", doc = "as references have it") String host,
      @Setting(doc = "where it answers") @Nullable URI url,
      @Setting(value = "false", doc = "without TLS") boolean plainHttp,
      @Setting(value = "[]", unique = "host", doc = "further hosts") List<String> aliases,
      @Setting(doc = "looks at it") @Nullable Poll poll) {}

  record Poll(
      @Setting(value = "5m", doc = "pause") Duration interval,
      @Setting(doc = "what to look at") List<String> repositories) {
    Poll {
      if (!interval.isPositive()) {
        throw new IllegalArgumentException("interval: expected more than 0s");
      }
    }
  }

  record Peer(
      @Setting(unique = "name", doc = "name for people") String name,
      @Setting(doc = "file with its secret") @Nullable Secret authorization) {}

  record Listener(
      @Setting(doc = "address and port") Listen listen,
      @Setting(doc = "what to show") @Nullable Login credentials) {}

  record Login(
      @Setting(doc = "who") @Nullable String username,
      @Setting(doc = "file with the token") @Nullable Secret token) {}
}
