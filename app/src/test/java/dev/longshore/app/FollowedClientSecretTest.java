package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.kafka.link.FollowedClientSecret;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.callback.Callback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The secret with which tokens for Kafka are asked for, exchanged between two of them. */
class FollowedClientSecretTest {
  private static final String SECRET = "the-secret-of-today";
  @TempDir Path folder;
  private final FollowedClientSecret handler = new FollowedClientSecret();

  @AfterEach
  void forget() {
    handler.close();
    System.clearProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls");
  }

  private Path login(String url, String secret) throws IOException {
    return Files.writeString(
        folder.resolve("client.properties"),
        """
        security.protocol=SASL_SSL
        sasl.mechanism=OAUTHBEARER
        sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
        sasl.oauthbearer.token.endpoint.url=%s
        sasl.jaas.config=%s
        """
            .formatted(url, ClosedKafka.oauth("converter", secret)));
  }

  @Test
  void theNextTokenIsAskedForWithWhatTheFileHoldsByThen() throws Exception {
    try (TokenIssuer issuer = new TokenIssuer(folder, SECRET)) {
      Path file = login(issuer.url(), "the-secret-of-yesterday");
      Map<String, Object> connection =
          KafkaConnection.of(
              new KafkaSettings(
                  List.of("127.0.0.1:9092"), "", null, null, file, false, List.of(issuer.url())));
      assertThat(connection)
          .containsEntry(SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS, FollowedClientSecret.class);
      handler.configure(whole(connection), "OAUTHBEARER", List.of());
      assertThat(token()).isEmpty();

      login(issuer.url(), SECRET);
      assertThat(token().map(OAuthBearerToken::principalName)).contains("longshore-converter");
      assertThat(issuer.issued()).hasSize(1);

      login(issuer.url(), "x\nsasl.jaas.config=half");
      assertThat(token()).as("what was read before stays").isPresent();
    }
  }

  /** With what Kafka's clients add. */
  private static Map<String, Object> whole(Map<String, Object> connection) {
    ConfigDef kafkas = new ConfigDef();
    SaslConfigs.addClientSaslSupport(kafkas);
    Map<String, Object> whole = new HashMap<>(connection);
    whole.putAll(kafkas.parse(connection));
    return whole;
  }

  /** None when it was refused. */
  private Optional<OAuthBearerToken> token() throws Exception {
    OAuthBearerTokenCallback asked = new OAuthBearerTokenCallback();
    try {
      handler.handle(new Callback[] {asked});
    } catch (IOException | KafkaException refused) {
      return Optional.empty();
    }
    return Optional.ofNullable(asked.token());
  }
}
