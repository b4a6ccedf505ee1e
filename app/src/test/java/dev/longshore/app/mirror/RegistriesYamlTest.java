package dev.longshore.app.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistriesYamlTest {
  @TempDir Path folder;

  private String merged(ContainerRuntime runtime, String text) throws Exception {
    Files.writeString(folder.resolve("login"), "edge:pass word");
    MirrorSpec spec =
        Machine.spec(
            Optional.of("/etc/ca.pem"),
            Optional.of(ResolverLogin.of(folder.resolve("login"))),
            "docker.io",
            "_default");
    Optional<StoredFile> current =
        text.isEmpty() ? Optional.empty() : Optional.of(StoredFile.of(text, StoredFile.FOR_OWNER));
    return new RegistriesYaml(spec, runtime, "F").merged(current);
  }

  @Test
  void makesTheGoldenFileOfK3s() throws Exception {
    assertThat(merged(ContainerRuntime.K3S, "")).isEqualTo(golden("k3s-new.yaml"));
  }

  @Test
  void addsToTheGoldenFileOfRke2AndKeepsItsCommentsAndOrder() throws Exception {
    assertThat(merged(ContainerRuntime.RKE2, golden("rke2-before.yaml")))
        .isEqualTo(golden("rke2-after.yaml"));
  }

  private static String golden(String name) throws Exception {
    try (var file = RegistriesYamlTest.class.getResourceAsStream("/mirror/" + name)) {
      return new String(file.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mirrors:\n",
        "mirrors: {}\n",
        "{}\n",
        "mirrors:\n  docker.io:\n  registry.k8s.io:\n",
        "mirrors: {docker.io: {endpoint: [\"https://a.example.com\"]}}\n",
        "mirrors:\n  docker.io: {rewrite: {\"(.*)\": \"x/$1\"}}\nconfigs: {}\n",
        "mirrors:\n    \"*\":\n        endpoint:\n        - https://a.example.com\n",
        "configs:\n  a.example.com:\n    tls:\n      insecure_skip_verify: true",
        "# only a comment\n"
      })
  void saysWhatItSaidAndOurs(String text) throws Exception {
    String merged = merged(ContainerRuntime.K3S, text);

    assertThat(merged).contains("http://127.0.0.1:5050", "pass word");
    String left = merged;
    for (String line : text.lines().toList()) {
      if (line.startsWith("#")) {
        assertThat(left).contains(line);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mirrors: [a]\n",
        "- a\n",
        "mirrors: &m {a: {}}\nconfigs: *m\n",
        "mirrors: null\n",
        "mirrors: {\n",
        "mirrors:\n  docker.io:\n  docker.io:\n",
        "configs:\n  \"127.0.0.1:5050\":\n    auth: {username: x, password: hunter2}\n"
      })
  void refusesWhatItCannotAddToAndShowsNoSecret(String text) {
    assertThatThrownBy(() -> merged(ContainerRuntime.K3S, text))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("nothing was changed")
        .hasMessageNotContaining("pass word")
        .hasMessageNotContaining("hunter2");
  }
}
