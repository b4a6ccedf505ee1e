package dev.longshore.app;

import dev.longshore.runtime.kafka.link.FollowedFiles;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Kafka client settings: the cluster's address, and the login. */
public final class KafkaConnection {
  private static final String PROTOCOL = "security.protocol";
  private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
  private static final String TOKEN_URL = "sasl.oauthbearer.token.endpoint.url";

  private KafkaConnection() {}

  /**
   * The settings as Kafka's clients take them. Addresses for OAUTHBEARER are set for the whole
   * program.
   *
   * @throws IllegalArgumentException when the file with further ones cannot be read, or the
   *     connection would be unprotected
   */
  public static Map<String, Object> of(KafkaSettings kafka) {
    Map<String, Object> connection = new HashMap<>();
    Path file = kafka.clientProperties();
    if (file != null) {
      Properties further = new Properties();
      try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        further.load(text);
      } catch (IOException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "kafka.client-properties: %s cannot be read: %s".formatted(file, e.getMessage()), e);
      }
      further.stringPropertyNames().forEach(k -> connection.put(k, further.getProperty(k)));
    }
    // Nobody reads what they count of themselves; commands and pages open clients again and again.
    connection.putIfAbsent("metric.reporters", "");
    connection.putIfAbsent("enable.metrics.push", "false");
    connection.put("bootstrap.servers", String.join(",", kafka.bootstrapServers()));
    requireClosed(kafka, String.valueOf(connection.get(PROTOCOL)));
    if (!kafka.oauthUrls().isEmpty()) {
      // The clients read the list only from here.
      System.setProperty(ALLOWED_URLS, String.join(",", kafka.oauthUrls()));
    }
    requireAllowed(kafka, connection.get(TOKEN_URL));
    if (file != null) {
      FollowedFiles.follow(connection, file);
    }
    return connection;
  }

  /** Kafka's clients also refuse other addresses, but without naming Longshore's setting. */
  private static void requireAllowed(KafkaSettings kafka, @Nullable Object asked) {
    List<String> allowed = List.of(System.getProperty(ALLOWED_URLS, "").split(",", -1));
    if (asked != null && allowed.stream().map(String::strip).noneMatch(asked::equals)) {
      throw new IllegalArgumentException(
          "kafka.oauth-urls: "
              + kafka.oauthUrls()
              + " (expected: with "
              + asked
              + ", which "
              + TOKEN_URL
              + " in "
              + kafka.clientProperties()
              + " asks for tokens; add it if that is right)");
    }
  }

  private static void requireClosed(KafkaSettings kafka, String protocol) {
    if (!protocol.toUpperCase(Locale.ROOT).endsWith("SSL")
        && !kafka.loopback()
        && !kafka.allowPlaintext()) {
      throw new IllegalArgumentException(
          "kafka: "
              + kafka.bootstrapServers()
              + " are not on loopback, and others can listen in: set "
              + PROTOCOL
              + " to SSL or SASL_SSL in the file of client-properties, or allow-plaintext where"
              + " their network is closed");
    }
  }
}
