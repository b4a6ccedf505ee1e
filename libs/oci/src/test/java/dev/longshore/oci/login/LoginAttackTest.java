package dev.longshore.oci.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInputs;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files and answers with credentials that are damaged or mean ill. */
final class LoginAttackTest {
  private static final RegistryHost HOST = new RegistryHost("registry.example");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** Bytes; a file is cut off at 1 MiB, and its tree takes some dozens of bytes for each. */
  private static final long MOST_BYTES = 128L << 20;

  /** One of the parsers with something that it takes. */
  record Parser(String name, Attack.Parser<List<RegistryCredentials>> parser, List<String> valid) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Parser> parsers() {
    return Stream.of(
        new Parser(
            "docker",
            bytes ->
                DockerConfig.of(bytes, HOST) instanceof DockerConfig.Stored(var credentials)
                    ? List.of(credentials)
                    : List.of(),
            List.of(
                "{\"auths\":{\"registry.example\":{\"auth\":\"bWU6cHc=\"}}}",
                "{\"auths\":{\"registry.example\":{\"identitytoken\":\"abc\"}}}",
                "{\"credHelpers\":{\"registry.example\":\"ecr-login\"},\"credsStore\":\"pass\"}")),
        new Parser(
            "helper",
            bytes -> List.of(CredentialHelper.answer(bytes).credentials()),
            List.of("{\"ServerURL\":\"x\",\"Username\":\"me\",\"Secret\":\"pw\"}")),
        new Parser(
            "command",
            bytes ->
                List.of(CredentialCommand.answer(bytes, HOST, Optional.empty(), NOW).credentials()),
            List.of(
                "{\"username\":\"me\",\"password\":\"pw\",\"expires\":\"2026-01-01T00:00:00Z\"}",
                "{\"authorizationData\":[{\"authorizationToken\":\"bWU6cHc=\",\"expiresAt\":1}]}",
                "{\"kind\":\"CredentialProviderResponse\",\"cacheDuration\":\"6h\",\"auth\":"
                    + "{\"*.example\":{\"username\":\"me\",\"password\":\"pw\"}}}",
                "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\"}}")),
        new Parser(
            "hosts.toml",
            bytes ->
                HostsToml.of(bytes, HOST, URI.create("https://registry.example"), Path.of("/etc"))
                    .credentials()
                    .stream()
                    .toList(),
            List.of(
                """
                server = "https://registry.example"
                ca = "a.pem"
                """,
                """
                [host."https://registry.example".header]
                Authorization = "Basic bWU6cHc="
                """)));
  }

  private static Attack<List<RegistryCredentials>> attack(Parser parser) {
    return new Attack<>(
        LoginAttackTest.class,
        "libs/oci",
        bytes -> parser.parser.parse(bytes),
        List.of(NoLoginException.class),
        MOST_BYTES,
        (read, _) -> assertThat(read).allSatisfy(LoginAttackTest::holds));
  }

  /** It can stand in a header of HTTP. */
  private static void holds(RegistryCredentials credentials) {
    switch (credentials) {
      case RegistryCredentials.Basic(String user, String password) -> {
        assertThat(user).isNotEmpty().doesNotContain(":").doesNotContainPattern("\\p{Cntrl}");
        assertThat(password).isNotEmpty().doesNotContainPattern("\\p{Cntrl}");
      }
      case RegistryCredentials.Token(String token) -> assertThat(token).matches("[!-~]+");
      case RegistryCredentials.IdentityToken(String token) -> assertThat(token).matches("[!-~]+");
      case RegistryCredentials.Anonymous _ -> throw new AssertionError("nobody's credentials");
    }
  }

  @ParameterizedTest
  @MethodSource("parsers")
  void filesAndAnswersAreReadOrRefused(Parser parser) {
    var inputs = new HostileInputs(Attack.seed());
    for (String valid : parser.valid) {
      inputs.damage(valid.getBytes(StandardCharsets.UTF_8));
      inputs.each("odd text", HostileInputs.oddTexts(), text -> valid.replace("pw", text));
      inputs.each(
          "odd number", HostileInputs.oddNumbers(), n -> valid.replace(":1}", ":" + n + "}"));
      inputs.add("twice", valid + valid);
      inputs.add("in a list", "[" + valid + "]");
      inputs.add("deep", "{\"auths\":" + "{\"a\":".repeat(100_000));
      inputs.add("deep toml", "a = " + "[".repeat(100_000));
      inputs.add("dotted toml", "a" + ".a".repeat(100_000) + " = 1");
      inputs.add("a long text", valid.replace("pw", "a".repeat(1_000_000)));
    }

    Attack.Tally tally = attack(parser).with(inputs.list());

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("parsers")
  void damagedOnesAreReadOrRefused(Parser parser) {
    Attack.Tally tally =
        attack(parser)
            .mutating(
                parser.valid.stream()
                    .map(valid -> valid.getBytes(StandardCharsets.UTF_8))
                    .toList());

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
