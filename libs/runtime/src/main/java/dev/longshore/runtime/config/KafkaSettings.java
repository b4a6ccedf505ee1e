package dev.longshore.runtime.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Kafka cluster. */
public record KafkaSettings(
    @Setting(value = "[\"127.0.0.1:9092\"]", doc = "brokers to ask for the cluster")
        List<String> bootstrapServers,
    @Setting(
            value = "longshore.",
            doc = "what the names of topics, groups and transactions begin with")
        String topicPrefix,
    @Setting(
            value = "1",
            unit = "replicas",
            doc = "replicas of the topics that Longshore creates; production needs 3")
        int replicationFactor,
    @Setting(
            doc =
                "Java properties file with further client settings: SASL, TLS. Its values are"
                    + " secrets and are never shown")
        @Nullable Path clientProperties) {

  public KafkaSettings {
    bootstrapServers = List.copyOf(bootstrapServers);
    if (bootstrapServers.isEmpty()) {
      throw new IllegalArgumentException("bootstrap-servers: expected at least one host:port");
    }
    if (!topicPrefix.matches("[a-zA-Z0-9._-]{0,100}")) {
      throw new IllegalArgumentException(
          "topic-prefix: \"" + topicPrefix + "\" (expected: at most 100 of a-z A-Z 0-9 . _ -)");
    }
    if (replicationFactor < 1 || replicationFactor > 32767) {
      throw new IllegalArgumentException(
          "replication-factor: " + replicationFactor + " (expected: 1 to 32767)");
    }
  }
}
