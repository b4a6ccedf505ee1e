package dev.longshore.oci.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What helpers and commands print, in the forms that their makers document. */
final class AnswersTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final RegistryHost ECR =
      new RegistryHost("123456789012.dkr.ecr.eu-west-1.amazonaws.com");

  private static IssuedCredentials command(String json, String... user) throws NoLoginException {
    return CredentialCommand.answer(
        json.getBytes(StandardCharsets.UTF_8),
        ECR,
        user.length == 0 ? Optional.empty() : Optional.of(user[0]),
        NOW);
  }

  private static IssuedCredentials helper(String json) throws NoLoginException {
    return CredentialHelper.answer(json.getBytes(StandardCharsets.UTF_8));
  }

  private static IssuedCredentials until(RegistryCredentials credentials, String time) {
    return new IssuedCredentials(credentials, Optional.of(Instant.parse(time)));
  }

  @Test
  void aHelperGivesAPasswordOrAnIdentityToken() throws Exception {
    assertThat(helper("{\"ServerURL\":\"x\",\"Username\":\"AWS\",\"Secret\":\"pw\"}"))
        .isEqualTo(IssuedCredentials.of(new RegistryCredentials.Basic("AWS", "pw")));
    assertThat(helper("{\"ServerURL\":\"x\",\"Username\":\"<token>\",\"Secret\":\"refresh\"}"))
        .isEqualTo(IssuedCredentials.of(new RegistryCredentials.IdentityToken("refresh")));
  }

  @Test
  void aHelpersOwnReasonIsKnownAndNothingElseIsRepeated() {
    assertThat(refusal("credentials not found in native keychain\n"))
        .hasValue("credentials not found in native keychain");
    assertThat(refusal("hunter2")).isEmpty();
  }

  private static Optional<String> refusal(String out) {
    return CredentialHelper.refusal(out);
  }

  @Test
  void dockerHubIsAskedForByItsOldName() {
    assertThat(CredentialHelper.input(RegistryHost.DOCKER_HUB))
        .isEqualTo("https://index.docker.io/v1/");
    assertThat(CredentialHelper.input(ECR)).isEqualTo(ECR.value());
  }

  @Test
  void ourOwnFormHasAPasswordOrAToken() throws Exception {
    assertThat(command("{\"username\":\"u\",\"password\":\"p\"}"))
        .isEqualTo(IssuedCredentials.of(new RegistryCredentials.Basic("u", "p")));
    assertThat(command("{\"token\":\"t\",\"expires\":\"2026-01-01T01:00:00+01:00\"}"))
        .isEqualTo(until(new RegistryCredentials.Token("t"), "2026-01-01T00:00:00Z"));
  }

  @Test
  void aTokenIsThePasswordOfTheUserThatTheSettingsName() throws Exception {
    // gcloud auth print-access-token --format json
    assertThat(command("{\"token\":\"ya29.a\"}", "oauth2accesstoken"))
        .isEqualTo(
            IssuedCredentials.of(new RegistryCredentials.Basic("oauth2accesstoken", "ya29.a")));
  }

  @Test
  void gcloudsConfigHelperNamesItsExpiry() throws Exception {
    assertThat(
            command(
                "{\"configuration\":{\"active_configuration\":\"default\"},\"credential\":"
                    + "{\"access_token\":\"ya29.a\",\"token_expiry\":\"2026-01-01T00:59:00Z\"}}",
                "oauth2accesstoken"))
        .isEqualTo(
            until(
                new RegistryCredentials.Basic("oauth2accesstoken", "ya29.a"),
                "2026-01-01T00:59:00Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2026-01-01T12:00:00.250000+00:00\"", "1767268800.25"})
  void amazonsTokenIsAPairWithAnExpiryInEitherVersionOfTheCommand(String expires) throws Exception {
    // base64("AWS:pw")
    IssuedCredentials grant =
        command(
            "{\"authorizationData\":[{\"authorizationToken\":\"QVdTOnB3\",\"expiresAt\":%s,"
                    .formatted(expires)
                + "\"proxyEndpoint\":\"https://x\"}]}");

    assertThat(grant.credentials()).isEqualTo(new RegistryCredentials.Basic("AWS", "pw"));
    assertThat(grant.until().orElseThrow().getEpochSecond()).isEqualTo(1_767_268_800);
  }

  @Test
  void kubernetesFormsAreUnderstood() throws Exception {
    assertThat(
            command(
                "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                    + "\"status\":{\"token\":\"t\",\"expirationTimestamp\":\"2026-01-01T00:14:00Z\"}}"))
        .isEqualTo(until(new RegistryCredentials.Token("t"), "2026-01-01T00:14:00Z"));
    assertThat(
            command(
                "{\"kind\":\"CredentialProviderResponse\","
                    + "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
                    + "\"cacheKeyType\":\"Registry\",\"cacheDuration\":\"6h0m0s\",\"auth\":{"
                    + "\"other.example\":{\"username\":\"no\",\"password\":\"no\"},"
                    + "\"*.dkr.ecr.*.amazonaws.com\":{\"username\":\"AWS\",\"password\":\"pw\"}}}"))
        .isEqualTo(until(new RegistryCredentials.Basic("AWS", "pw"), "2026-01-01T06:00:00Z"));
  }

  @Test
  void aKubeletsAnswerForOthersIsNoAnswer() {
    for (String key : new String[] {"*.amazonaws.com", "*", "dkr.ecr.eu-west-1.amazonaws.com"}) {
      assertThatThrownBy(
              () ->
                  command(
                      "{\"kind\":\"CredentialProviderResponse\",\"auth\":{\"%s\":{\"username\":\"u\",\"password\":\"hunter2\"}}}"
                          .formatted(key)))
          .isInstanceOf(NoLoginException.class)
          .hasMessageContaining("no auth for " + ECR)
          .hasMessageNotContaining("hunter2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hunter2",
        "[\"hunter2\"]",
        "{\"secret\":\"hunter2\"}",
        "{\"username\":\"u\",\"password\":[\"hunter2\"]}",
        "{\"username\":\"u:v\",\"password\":\"hunter2\"}",
        "{\"token\":\"hunter2 \\n\"}",
        "{\"token\":\"t\",\"expires\":\"hunter2\"}",
        "{\"authorizationData\":[{\"authorizationToken\":\"hunter2!\"}]}",
        "{\"authorizationData\":[]}",
        "{\"token\":\"hunter2\"}{\"token\":\"hunter2\"}"
      })
  void garbageIsRefusedWithoutRepeatingIt(String out) {
    assertThatThrownBy(() -> command(out))
        .isInstanceOf(NoLoginException.class)
        .hasNoCause()
        .hasMessageNotContaining("hunter2");
  }
}
