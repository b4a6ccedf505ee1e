package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KuboSettingsTest {
  private static KuboSettings settings(Optional<RpcCredential> authorization) {
    return new KuboSettings(
        KuboIdentity.generate(), KuboPorts.loopback(5102, 8182, 4102), "5GB", authorization);
  }

  @Test
  void listensOnTheGivenPortsAlone() throws IOException {
    JsonNode addresses =
        new ObjectMapper().readTree(settings(Optional.empty()).config()).path("Addresses");

    assertThat(addresses.path("API").asText()).isEqualTo("/ip4/127.0.0.1/tcp/5102");
    assertThat(addresses.path("Gateway").asText()).isEqualTo("/ip4/127.0.0.1/tcp/8182");
    assertThat(addresses.path("Swarm")).hasSize(1);
    assertThat(addresses.path("Swarm").path(0).asText()).isEqualTo("/ip4/127.0.0.1/tcp/4102");
  }

  @Test
  void asksForTheCredential() throws IOException {
    JsonNode config =
        new ObjectMapper()
            .readTree(settings(Optional.of(new RpcCredential.Bearer("s3cret"))).config());

    assertThat(config.at("/API/Authorizations/longshore/AuthSecret").asText())
        .isEqualTo("bearer:s3cret");
  }

  @Test
  void writesARepositoryForItsOwnerAloneAndOnce(@TempDir Path directory) throws IOException {
    Path repository = directory.resolve("kubo1");
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    settings(Optional.empty()).writeRepository(repository, key);

    assertThat(Files.readString(repository.resolve("swarm.key"))).isEqualTo(key.file());
    for (String file : new String[] {"config", "swarm.key"}) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(repository.resolve(file))))
          .isEqualTo("rw-------");
    }
    assertThatThrownBy(() -> settings(Optional.empty()).writeRepository(repository, key))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void readsBackItsSwarmKeyAndShowsItNowhere() {
    SwarmKey key = SwarmKey.generate(new SecureRandom());

    assertThat(SwarmKey.ofFile(key.file()).file()).isEqualTo(key.file());
    assertThat(key.toString()).isEqualTo("SwarmKey[...]");
    assertThatThrownBy(() -> SwarmKey.ofFile("/key/swarm/psk/1.0.0/\n/base16/\n00ff\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("00ff");
  }

  @Test
  void givesEveryNodeItsOwnIdentity() {
    KuboIdentity one = KuboIdentity.generate();

    assertThat(one.peerId()).matches("12D3KooW[1-9A-HJ-NP-Za-km-z]{44}");
    assertThat(one.peerId()).isNotEqualTo(KuboIdentity.generate().peerId());
    assertThat(one.toString()).doesNotContain(one.privateKey());
  }
}
