package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaConnectionTest {
  private static final String TOKENS = "sasl.oauthbearer.token.endpoint.url=https://idp.test/token";
  private static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

  @TempDir private Path folder;

  @AfterEach
  void forget() {
    System.clearProperty(ALLOWED);
  }

  private KafkaSettings settings(String properties, String... oauthUrls) throws IOException {
    Path file = Files.writeString(folder.resolve("client.properties"), properties);
    return new KafkaSettings(
        List.of("127.0.0.1:9092"), "", null, null, file, false, List.of(oauthUrls));
  }

  @Test
  void anAddressForTokensMustBeAmongTheAllowedOnes() throws Exception {
    assertThatThrownBy(() -> KafkaConnection.of(settings(TOKENS)))
        .hasMessageContaining("kafka.oauth-urls: []")
        .hasMessageContaining("https://idp.test/token")
        .hasMessageContaining("client.properties");
    assertThatThrownBy(() -> KafkaConnection.of(settings(TOKENS, "https://idp.test/tokens")))
        .hasMessageContaining("kafka.oauth-urls: [https://idp.test/tokens]");

    assertThat(KafkaConnection.of(settings(TOKENS, "https://a.test", "https://idp.test/token")))
        .containsEntry("bootstrap.servers", "127.0.0.1:9092");
    assertThat(System.getProperty(ALLOWED)).isEqualTo("https://a.test,https://idp.test/token");
  }

  @Test
  void aFileThatIsNoPropertiesFileIsNamed() throws Exception {
    assertThatThrownBy(() -> KafkaConnection.of(settings("a=\\u12")))
        .hasMessageContaining("kafka.client-properties")
        .hasMessageContaining("client.properties");
  }
}
