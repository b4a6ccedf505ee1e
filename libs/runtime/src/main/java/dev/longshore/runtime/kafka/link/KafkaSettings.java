package dev.longshore.runtime.kafka.link;

import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Listen;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Kafka cluster. */
public record KafkaSettings(
    @Setting(value = "[\"127.0.0.1:9092\"]", doc = "bootstrap brokers")
        List<String> bootstrapServers,
    @Setting(value = "longshore.", doc = "prefix of topics, groups and transactional ids")
        String topicPrefix,
    @Setting(
            unit = "replicas",
            doc =
                "replicas that each topic must have; if absent 3, or one per broker if there are"
                    + " fewer")
        @Nullable Integer replicationFactor,
    @Setting(
            unit = "replicas",
            doc = "replicas that must confirm a write; if absent 2 of 3 or more, else 1")
        @Nullable Integer minInSync,
    @Setting(
            doc =
                "Java properties file with further client settings: SASL, TLS. Its values are"
                    + " secrets and are never shown")
        @Nullable Path clientProperties,
    @Setting(
            value = "false",
            doc =
                "allow brokers off loopback without TLS; for TLS, set security.protocol in"
                    + " client-properties")
        boolean allowPlaintext,
    @Setting(
            value = "[]",
            doc =
                "addresses from which SASL OAUTHBEARER may get tokens and keys, as in"
                    + " client-properties")
        List<String> oauthUrls) {

  public KafkaSettings {
    bootstrapServers = List.copyOf(bootstrapServers);
    oauthUrls = List.copyOf(oauthUrls);
    if (bootstrapServers.isEmpty()) {
      throw new IllegalArgumentException("bootstrap-servers: expected at least one host:port");
    }
    if (!topicPrefix.matches("[a-zA-Z0-9._-]{0,100}")) {
      throw new IllegalArgumentException(
          "topic-prefix: \"" + topicPrefix + "\" (expected: at most 100 of a-z A-Z 0-9 . _ -)");
    }
    if (replicationFactor != null && (replicationFactor < 1 || replicationFactor > 32767)) {
      throw new IllegalArgumentException(
          "replication-factor: " + replicationFactor + " (expected: 1 to 32767)");
    }
    int most = replicationFactor == null ? 32767 : replicationFactor;
    if (minInSync != null && (minInSync < 1 || minInSync > most)) {
      throw new IllegalArgumentException(
          "min-in-sync: " + minInSync + " (expected: 1 to " + most + ", the replicas)");
    }
  }

  /** A cluster on loopback, or one where plain text is allowed. */
  public KafkaSettings(
      List<String> bootstrapServers,
      String topicPrefix,
      @Nullable Integer replicationFactor,
      @Nullable Path clientProperties) {
    this(
        bootstrapServers, topicPrefix, replicationFactor, null, clientProperties, false, List.of());
  }

  /**
   * Whether the bootstrap brokers are on this machine. Does not check the addresses in their
   * answers.
   */
  public boolean loopback() {
    return bootstrapServers.stream().allMatch(KafkaSettings::isLoopback);
  }

  private static boolean isLoopback(String broker) {
    int colon = broker.lastIndexOf(':');
    return colon > 0 && new Listen(broker.substring(0, colon), 0).loopback();
  }
}
