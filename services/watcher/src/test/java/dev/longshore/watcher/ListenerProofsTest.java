package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.testing.TlsFiles;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What opens every webhook: certificates, tokens of a file, a user's password. */
@Timeout(60)
class ListenerProofsTest {
  private static final Golden PUSH = Golden.named("quay-push");

  @TempDir Path folder;
  private final SenderBed bed = new SenderBed();

  @AfterEach
  void close() throws Exception {
    bed.close();
  }

  @Test
  void aCertificateThatTheTokensFileNamesOpensThemAndNoOther() throws Exception {
    TlsFiles files = TlsFiles.write(folder);
    files.issue(files.authority(), "elsewhere");
    Path tokens = tokens("- {name: quay, certificate: caller, scopes: [hint]}");
    bed.listen(
        new ListenerSettings(
            Listen.parse("127.0.0.1:0"),
            new AccessSettings(null, tokens, false, files.server(files.ca()), false)));

    assertThat(post(files.caller())).isEqualTo(202);
    assertThat(bed.stored).hasSize(1);
    assertThat(bed.seen().sender()).isEqualTo("quay");

    ClientTlsSettings elsewhere =
        new ClientTlsSettings(files.ca(), files.file("elsewhere.pem"), files.file("elsewhere.key"));
    assertThat(post(elsewhere)).isEqualTo(401);
    assertThatThrownBy(() -> post(files.stranger())).isInstanceOf(IOException.class);
    assertThat(bed.stored).hasSize(1);
  }

  @Test
  void aTokenOfTheFileOpensThemIfItsScopeIsHints() throws Exception {
    Path tokens =
        tokens(
            "- {name: ci, sha256: %s, scopes: [hint]}".formatted(sha256("of-ci")),
            "- {name: reader, sha256: %s, scopes: [metrics]}".formatted(sha256("of-a-reader")));
    bed.listen(
        new ListenerSettings(
            Listen.parse("127.0.0.1:0"), new AccessSettings(null, tokens, false, null, false)));

    assertThat(post(Map.of("Authorization", "Bearer of-ci"))).isEqualTo(202);
    assertThat(post(basic("ci", "of-ci"))).isEqualTo(202);
    assertThat(post(Map.of("Authorization", "Bearer of-a-reader"))).isEqualTo(403);
    assertThat(post(basic("reader", "of-ci"))).isEqualTo(401);
    assertThat(post(Map.of("Authorization", "Bearer of-nobody"))).isEqualTo(401);
    assertThat(bed.stored).hasSize(2);
  }

  @Test
  void theUserOfTheListenerOpensThem() throws Exception {
    bed.listen(
        ListenerSettings.asking(
            Listen.parse("127.0.0.1:0"),
            new CredentialSettings("registry", new Secret("its-password"), null)));

    assertThat(post(basic("registry", "its-password"))).isEqualTo(202);
    assertThat(post(basic("registry", "another"))).isEqualTo(401);
    assertThat(post(basic("another", "its-password"))).isEqualTo(401);
    assertThat(post(Map.of("Authorization", "Bearer its-password"))).isEqualTo(401);
    assertThat(bed.stored).hasSize(1);
  }

  private Path tokens(String... entries) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("tokens.yaml"), "tokens:\n" + String.join("\n", entries) + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String sha256(String token) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, String> basic(String user, String password) {
    String pair = user + ":" + password;
    return Map.of(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private int post(Map<String, String> headers) throws Exception {
    return bed.post(PUSH, PUSH.body(), headers);
  }

  private int post(ClientTlsSettings shown) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(ClientTls.of(shown).context()).build()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + bed.edge.address().port() + "/hooks/quay"))
                  .timeout(Duration.ofSeconds(20))
                  .header("Content-Type", PUSH.contentType())
                  .POST(HttpRequest.BodyPublishers.ofByteArray(PUSH.body()))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
