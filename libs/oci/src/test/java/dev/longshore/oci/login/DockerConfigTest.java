package dev.longshore.oci.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DockerConfigTest {
  private static final RegistryHost HOST = new RegistryHost("registry.example:5000");

  private static DockerConfig read(String json, RegistryHost host) throws NoLoginException {
    return DockerConfig.of(json.getBytes(StandardCharsets.UTF_8), host);
  }

  private static String auth(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static DockerConfig stored(String user, String password) {
    return new DockerConfig.Stored(new RegistryCredentials.Basic(user, password));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry.example:5000",
        "https://registry.example:5000",
        "https://registry.example:5000/v2/",
        "http://Registry.Example:5000/"
      })
  void anEntryIsFoundHoweverDockerWroteItsKey(String key) throws Exception {
    String json = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(key, auth("me:pass:word"));

    assertThat(read(json, HOST)).isEqualTo(stored("me", "pass:word"));
  }

  @Test
  void dockerHubHasItsOldName() throws Exception {
    String json =
        "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"%s\"}}}".formatted(auth("me:pw"));

    assertThat(read(json, RegistryHost.DOCKER_HUB)).isEqualTo(stored("me", "pw"));
  }

  @Test
  void anotherRegistrysCredentialsAreNobodyElses() {
    String json = "{\"auths\":{\"registry.example\":{\"auth\":\"%s\"}}}".formatted(auth("me:pw"));

    assertThatThrownBy(() -> read(json, HOST))
        .isInstanceOf(NoLoginException.class)
        .hasMessageContaining("docker login registry.example:5000");
  }

  @Test
  void identityAndRegistryTokensComeBeforeThePassword() throws Exception {
    String json =
        "{\"auths\":{\"%s\":{\"auth\":\"%s\",\"identitytoken\":\"refresh\"%s}}}"
            .formatted(HOST, auth("<token>:"), "");
    assertThat(read(json, HOST))
        .isEqualTo(new DockerConfig.Stored(new RegistryCredentials.IdentityToken("refresh")));

    String bearer = json.replace("\"refresh\"", "\"refresh\",\"registrytoken\":\"bearer\"");
    assertThat(read(bearer, HOST))
        .isEqualTo(new DockerConfig.Stored(new RegistryCredentials.Token("bearer")));
  }

  @Test
  void theRegistrysHelperComesBeforeThatForAllAndBothBeforeTheFile() throws Exception {
    String auths = "\"auths\":{\"%s\":{\"auth\":\"%s\"}}".formatted(HOST, auth("me:pw"));
    String all = ",\"credsStore\":\"pass\"";
    String own = ",\"credHelpers\":{\"%s\":\"ecr-login\"}".formatted(HOST);

    assertThat(read("{" + auths + all + own + "}", HOST))
        .isEqualTo(new DockerConfig.Helper("ecr-login"));
    assertThat(read("{" + auths + all + "}", HOST)).isEqualTo(new DockerConfig.Helper("pass"));
    assertThat(read("{" + auths + all + own.replace("ecr-login", "") + "}", HOST))
        .isEqualTo(stored("me", "pw"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../bin/sh", "a b", "-x", "a/b", "a;b"})
  void aHelpersNameLeadsNowhereElse(String name) {
    assertThatThrownBy(() -> read("{\"credsStore\":\"" + name + "\"}", HOST))
        .isInstanceOf(NoLoginException.class)
        .hasMessageContaining("docker-credential-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "{\"auths\":{\"registry.example:5000\":{\"auth\":\"hunter2!\"}}}",
        "{\"auths\":{\"registry.example:5000\":{\"auth\":\"aHVudGVyMg==\"}}}",
        "{\"auths\":{\"registry.example:5000\":{\"auth\":\"hunter2",
        "{\"auths\":{\"registry.example:5000\":{\"identitytoken\":\"hunter2 hunter2\"}}}",
        "{\"auths\":{\"registry.example:5000\":{\"auth\":hunter2}}}"
      })
  void whatIsWrongIsToldWithoutTheSecret(String json) {
    assertThatThrownBy(() -> read(json, HOST))
        .isInstanceOf(NoLoginException.class)
        .hasNoCause()
        .hasMessageNotContaining("hunter2");
  }
}
