package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesTest {
  private static final URI WEBHOOK = URI.create("http://watcher:5052/hooks/local");

  @TempDir Path folder;

  private List<String> prepare() throws IOException {
    return new Volumes(folder, OptionalInt.empty()).prepare("1GB", WEBHOOK);
  }

  private void volumes(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(folder.resolve(name));
    }
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void makesOnePrivateSwarmWithASecretForEachNode() throws Exception {
    volumes("secrets", "kubo-1", "kubo-edge");

    assertThat(prepare()).contains("secrets/swarm.key", "kubo-1: a Kubo repository");

    Map<String, String> contents = contents();
    assertThat(contents.get("kubo-1/swarm.key"))
        .isEqualTo(contents.get("kubo-edge/swarm.key"))
        .isEqualTo(contents.get("secrets/swarm.key"));
    assertThat(contents.get("secrets/kubo-1")).isNotEqualTo(contents.get("secrets/kubo-edge"));
    JsonNode config = new ObjectMapper().readTree(contents.get("kubo-1/config"));
    assertThat(config.at("/API/Authorizations/longshore/AuthSecret").asText())
        .isEqualTo("bearer:" + contents.get("secrets/kubo-1").strip());
    assertThat(config.at("/Addresses/API").asText()).isEqualTo("/ip4/0.0.0.0/tcp/5001");
    assertThat(config.at("/Routing/Type").asText()).isEqualTo("none");
    assertThat(config.at("/Datastore/StorageMax").asText()).isEqualTo("1GB");
  }

  @Test
  void givesEachSiteASwarmOfItsOwnAndTheHubItsKeys() throws Exception {
    volumes("secrets", "kubo-1", "site-kubo-1", "site-kubo-2");

    assertThat(prepare()).contains("secrets/hub.pem", "secrets/signing.pem");
    assertThat(prepare()).isEmpty();

    Map<String, String> contents = contents();
    assertThat(
            List.of(
                contents.get("secrets/swarm.key"),
                contents.get("site-kubo-1/swarm.key"),
                contents.get("site-kubo-2/swarm.key")))
        .doesNotHaveDuplicates();
    JsonNode config = new ObjectMapper().readTree(contents.get("site-kubo-1/config"));
    assertThat(config.at("/Addresses/API").asText()).isEqualTo("/ip4/127.0.0.1/tcp/5001");
    try (InputStream pem = Files.newInputStream(folder.resolve("secrets/hub.pem"))) {
      X509Certificate hub =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
      hub.verify(hub.getPublicKey());
      hub.checkValidity();
      assertThat(hub.getSubjectAlternativeNames()).containsExactly(List.of(2, "hub"));
    }
  }

  @Test
  void givesTheRegistryTheTokenThatTheWatcherAsksFor() throws Exception {
    volumes("secrets", "registry-config");
    prepare();

    Map<String, String> contents = contents();
    assertThat(contents.get("registry-config/config.yml"))
        .contains(WEBHOOK.toString())
        .contains("Bearer " + contents.get("secrets/webhook-token").strip());
  }

  @Test
  void keepsWhatIsThereAndAddsTheNodeThatIsNew() throws Exception {
    volumes("secrets", "kubo-1", "registry", "registry-config");
    prepare();
    Map<String, String> first = contents();

    assertThat(prepare()).isEmpty();
    assertThat(contents()).isEqualTo(first);
    volumes("kubo-4");
    assertThat(prepare()).containsExactly("secrets/kubo-4", "kubo-4: a Kubo repository");
    assertThat(contents()).containsAllEntriesOf(first);
  }

  @Test
  void whatItWritesIsForTheOwnerAlone() throws Exception {
    volumes("secrets", "kubo-1", "registry-config");
    prepare();

    for (String file : contents().keySet()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
          .as(file)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void asksForTheVolumeOfTheSecrets() {
    assertThatThrownBy(this::prepare)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("secrets is no folder: mount the volume of the secrets there");
  }
}
