package dev.longshore.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.settings.ConfigText;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigProblemsTest {
  @TempDir Path folder;
  private ConfigText config;

  @BeforeEach
  void setUp() {
    config = new ConfigText(folder);
  }

  private List<String> problems(String yaml) {
    return config.problems(SharedSettings.class, config.yaml(yaml));
  }

  @Test
  void allProblemsAreReportedAtOnceEachWithItsLine() {
    assertThat(
            problems(
                """
                kafka:
                  topic-prefx: a.
                  replication-factor: many
                registries:
                  - name: hub
                    hots: docker.io
                  - host: localhost:5055
                    name: hub
                    url: ftp://x
                  - host: ghcr.io/x
                    name: ghcr
                peers:
                  - name: a
                    rpc: http://192.0.2.1:5001
                    gateway: http://127.0.0.1:8080
                  - just text
                rules:
                  - match: "a//b"
                  - {modes: [zip], copies: 2, copies: 4}
                  - copies: 2
                    min-copies: 3
                telemetry: [no]
                home:
                  of: the brave
                """))
        .containsExactly(
            "longshore.yaml:2: kafka.topic-prefx: there is no such setting; did you mean"
                + " topic-prefix?",
            "longshore.yaml:3: kafka.replication-factor: \"many\" (expected: a whole number of"
                + " -2147483648 to 2147483647)",
            "longshore.yaml:5: registries[0].host: is missing: host[:port] as in references,"
                + " such as localhost:5055",
            "longshore.yaml:6: registries[0].hots: there is no such setting; did you mean host?",
            "longshore.yaml:8: registries[1].name: \"hub\" is taken by registries[0].name"
                + " (longshore.yaml:5)",
            "longshore.yaml:9: registries[1].url: ftp://x (expected: http or https)",
            "longshore.yaml:10: registries[2].host: \"ghcr.io/x\" (expected: host[:port], without"
                + " scheme or path)",
            "longshore.yaml:14: peers[0].rpc: http://192.0.2.1:5001 is not on loopback: set"
                + " API.Authorizations on the node and name the secret's file as"
                + " authorization-file",
            "longshore.yaml:16: peers[1]: is a value (expected: a section)",
            "longshore.yaml:18: rules[0]: pattern \"a//b\" (expected: parts that are not empty, and"
                + " ** as a whole part)",
            "longshore.yaml:19: copies: is set twice, first at longshore.yaml:19",
            "longshore.yaml:19: rules[1].modes[0]: \"zip\" (expected: one of plain, estargz,"
                + " zstdchunked, encrypted)",
            "longshore.yaml:20: rules[2].copies: 2, min-copies: 3 (expected: 1 or more, and"
                + " min-copies not above copies)",
            "longshore.yaml:22: telemetry: is a list (expected: a section)",
            "longshore.yaml:23: home: is a section (expected: a path)");
  }

  @Test
  void namesHostsAndAddressesAreNotTakenTwice() {
    assertThat(
            problems(
                """
                registries:
                  - {name: a, host: a.example, aliases: [b.example]}
                  - {name: b, host: B.example}
                  - name: c
                    host: c.example
                    aliases:
                      - d.example
                      - a.example
                peers:
                  - {name: p, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:2"}
                  - {name: q, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:2"}
                """))
        .containsExactly(
            "longshore.yaml:3: registries[1].host: \"B.example\" is taken by registries[0].aliases"
                + " (longshore.yaml:2)",
            "longshore.yaml:8: registries[2].aliases: \"a.example\" is taken by registries[0].host"
                + " (longshore.yaml:2)",
            "longshore.yaml:11: peers[1].rpc: \"http://127.0.0.1:1\" is taken by peers[0].rpc"
                + " (longshore.yaml:10)");
  }

  @Test
  void headersThatNamePeopleAreTwoAndNotThoseOfTheProxyItself() {
    for (String name :
        List.of("Authorization", "X_User", "X-User-Bin", "X User", "''", "X-User:")) {
      assertThat(problems("health: {person-header: \"" + name.replace("''", "") + "\"}"))
          .as(name)
          .singleElement(InstanceOfAssertFactories.STRING)
          .startsWith("longshore.yaml:1: health.person-header: ")
          .contains("expected: the name of a header such as X-Forwarded-User");
    }
    assertThat(problems("health: {groups-header: x-forwarded-user}"))
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("longshore.yaml:1: health.groups-header: x-forwarded-user is person-header");
    assertThat(
            problems(
                "health: {person-header: X-Auth-Request-Email,"
                    + " groups-header: X-Auth-Request-Groups}"))
        .isEmpty();
  }

  @Test
  void aListenerThatOthersReachAsksWhoTheyAre() {
    config.write("token", "t");
    String tls = "tls: {certificate-file: c, key-file: k}";
    assertThat(problems("health:\n  listen: 0.0.0.0:5056\n"))
        .containsExactly(
            "longshore.yaml:2: health.listen: 0.0.0.0:5056 can be reached from other machines and"
                + " does not authenticate callers: add credentials, tokens-file or"
                + " tls.client-ca-file, listen on 127.0.0.1, or set allow-anonymous if its network"
                + " keeps strangers out");
    assertThat(
            problems(
                "health: {listen: \"0.0.0.0:1\", credentials: {token-file: token}, " + tls + "}"))
        .isEmpty();
    assertThat(problems("health: {listen: \"0.0.0.0:1\", allow-anonymous: true, " + tls + "}"))
        .isEmpty();
    assertThat(
            problems(
                "health: {listen: \"0.0.0.0:1\","
                    + " tls: {certificate-file: c, key-file: k, client-ca-file: a}}"))
        .isEmpty();
    assertThat(problems("health: {listen: \"[::1]:5056\"}")).isEmpty();
  }

  @Test
  void nothingThatOthersCanListenInOnIsSpokenWithoutTlsUnlessTheSettingSaysSo() {
    assertThat(problems("health:\n  listen: 0.0.0.0:5056\n  allow-anonymous: true\n"))
        .containsExactly(
            "longshore.yaml:2: health.listen: 0.0.0.0:5056 can be reached from other machines and"
                + " speaks without TLS: add tls.certificate-file and tls.key-file, listen on"
                + " 127.0.0.1, or set allow-plaintext if its network is closed");
    assertThat(
            problems(
                "health: {listen: \"0.0.0.0:1\", allow-anonymous: true, allow-plaintext: true}"))
        .isEmpty();
    assertThat(problems("telemetry:\n  otlp-endpoint: http://otel.example:4318\n"))
        .singleElement()
        .asString()
        .contains("telemetry.otlp-endpoint", "use https, or set allow-plaintext");
    assertThat(problems("registries:\n- name: a\n  host: a.example\n  url: http://a.example\n"))
        .singleElement()
        .asString()
        .contains("longshore.yaml:4", "use https, or set plain-http");
    config.write("kubo", "t");
    assertThat(
            problems(
                "peers:\n- {name: a, rpc: \"https://a.example\", gateway: \"http://a.example\","
                    + " authorization-file: kubo}\n"))
        .singleElement()
        .asString()
        .contains("http://a.example is not on loopback", "use https, or set allow-plaintext");
  }

  @Test
  void aCertificateAndItsKeyBelongTogether() {
    assertThat(problems("telemetry:\n  tls: {certificate-file: c}\n"))
        .containsExactly(
            "longshore.yaml:2: telemetry.tls: certificate-file and key-file belong together"
                + " (expected: both or none)");
  }

  @Test
  void aRegistrysCredentialsComeFromOnePlace() {
    for (String wrong :
        List.of(
            "{}",
            "{username: me}",
            "{docker-config: user, helper: gcr}",
            "{username: me, helper: gcr}",
            "{command: [a], containerd-hosts: hosts.toml}")) {
      assertThat(problems(registry(wrong)))
          .singleElement()
          .asString()
          .contains("credentials: expected one of: username and password-file, token-file, ");
    }
    assertThat(problems(registry("{helper: ../evil}")))
        .singleElement()
        .asString()
        .contains("the part after docker-credential-");
    for (String right :
        List.of(
            "{docker-config: user}",
            "{containerd-hosts: hosts.toml}",
            "{helper: ecr-login}",
            "{helper: /opt/docker-credential-x}",
            "{command: [aws, ecr]}",
            "{username: me, command: [gcloud]}")) {
      assertThat(problems(registry(right))).isEmpty();
    }
  }

  private static String registry(String credentials) {
    return "registries:\n  - {name: a, host: a.example, credentials: %s}\n".formatted(credentials);
  }

  @Test
  void credentialsAreWholeOrAbsent() {
    assertThat(problems("health:\n  credentials:\n    username: me\n"))
        .containsExactly(
            "longshore.yaml:2: health.credentials: expected username and password-file, or"
                + " token-file alone");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "kafka: {topic-prefix: a/b} => kafka.topic-prefix: \"a/b\" (expected: at most 100 of a-z"
            + " A-Z 0-9 . _ -)",
        "kafka: {bootstrap-servers: []} => kafka.bootstrap-servers: expected at least one"
            + " host:port",
        "kafka: {replication-factor: 0} => kafka.replication-factor: 0 (expected: 1 to 32767)",
        "instance: a b => instance: \"a b\" (expected: 1 to 100 of a-z A-Z 0-9 . _ -)",
        "telemetry: {otlp-endpoint: ftp://x} => telemetry.otlp-endpoint: ftp://x (expected: http or"
            + " https)",
        "telemetry: {level: loud} => telemetry.level: \"loud\" (expected: one of error, warn, info,"
            + " debug, trace)",
        "rules: [{platforms: [amd64]}] => rules[0].platforms: \"amd64\" (expected:"
            + " os/architecture[/variant])",
        "rules: [{max-size: big}] => rules[0].max-size: \"big\" is not a size (expected: such as"
            + " 4MiB or 20GiB)",
        "registries: [{name: a, host: a, poll: {interval: 0s, repositories: []}}] =>"
            + " registries[0].poll.interval: expected more than 0s",
        "registries: [{name: a, host: a, poll: {}}] => registries[0].poll.repositories: is missing:"
            + " repositories to poll; if the registry lists its repositories, * matches a part of a"
            + " path, ** any number of parts",
      })
  void eachFaultSaysWhatIsExpected(String yaml, String problem) {
    assertThat(problems(yaml)).containsExactly("longshore.yaml:1: " + problem);
  }
}
