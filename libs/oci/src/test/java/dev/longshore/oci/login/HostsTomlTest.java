package dev.longshore.oci.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostsTomlTest {
  private static final RegistryHost HOST = new RegistryHost("registry.example");
  private static final Path FOLDER = Path.of("/etc/containerd/certs.d/registry.example");

  private static HostsToml read(String toml) throws NoLoginException {
    return HostsToml.of(
        toml.getBytes(StandardCharsets.UTF_8),
        HOST,
        URI.create("https://registry.example"),
        FOLDER);
  }

  private static final String WHOLE =
      """
      server = "https://registry.example"

      [host."https://mirror.example"]
        capabilities = ["pull"]
        ca = "mirror.pem"
        [host."https://mirror.example".header]
          Authorization = "Bearer of-the-mirror"

      [host."https://registry.example:443"]
        capabilities = ["pull", "resolve"]
        ca = ["ca.pem"]
        client = [["own.pem", "/run/own.key"]]
        [host."https://registry.example:443".header]
          authorization = ["Basic bWU6cHc="]
      """;

  @Test
  void theEntryOfTheRegistrysAddressCounts() throws Exception {
    assertThat(read(WHOLE))
        .isEqualTo(
            new HostsToml(
                Optional.of(new RegistryCredentials.Basic("me", "pw")),
                Optional.of(FOLDER.resolve("ca.pem")),
                Optional.of(FOLDER.resolve("own.pem")),
                Optional.of(Path.of("/run/own.key"))));
  }

  @Test
  void whatStandsAboveIsAboutTheServer() throws Exception {
    HostsToml read =
        read("server = \"https://registry.example\"\nclient = \"both.pem\"\nca = \"ca.pem\"\n");

    assertThat(read.certificate()).isEqualTo(read.key()).hasValue(FOLDER.resolve("both.pem"));
    assertThat(read.credentials()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server = \"https://other.example\"\nca = \"hunter2.pem\"",
        "[host.\"https://mirror.example\".header]\nAuthorization = \"Bearer hunter2\"",
        "[host.\"https://registry.example\"]\nskip_verify = true\nca = \"hunter2\"",
        "[host.\"https://registry.example\"]\nca = [\"a.pem\", \"hunter2\"]",
        "[host.\"https://registry.example\"]\nclient = [\"a.pem\", \"hunter2\"]",
        "[host.\"https://registry.example\".header]\nAuthorization = \"Digest hunter2\"",
        "[host.\"https://registry.example\".header]\nAuthorization = \"Basic hunter2!\"",
        "[host.\"https://registry.example\".header]\nX-Token = \"hunter2\"",
        "[host.\"https://registry.example\".header]\nAuthorization = \"Bearer hunter2",
        "hunter2"
      })
  void whatItCannotDoIsToldAndNothingIsRepeated(String toml) {
    assertThatThrownBy(() -> read(toml))
        .isInstanceOf(NoLoginException.class)
        .hasNoCause()
        .hasMessageNotContaining("hunter2");
  }
}
