package dev.longshore.runtime.edge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  private static final String HASH = Tokens.sha256("t0ken");

  @TempDir Path folder;

  private String problem(String text) {
    Path file = TokenFiles.in(folder).text(text).file();
    try {
      Tokens.read(file);
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage()).replace(folder + "/", "");
    }
  }

  @Test
  void everythingThatAFileSaysIsRead() {
    Path file =
        TokenFiles.in(folder)
            .text(
                """
                # A comment.
                tokens:
                  - name: edge-berlin
                    sha256: %s
                    scopes: [pull, look-up]
                    repositories: ["docker.io/library/*", "team/**"]
                    expires: 2027-02-23T00:00:00Z
                  - name: prometheus
                    certificate: metrics.example
                    scopes: [health, metrics]
                """
                    .formatted(HASH))
            .file();

    Tokens tokens = Tokens.read(file);

    Grant edge = tokens.ofToken("t0ken").orElseThrow();
    assertThat(edge.name()).isEqualTo("edge-berlin");
    assertThat(edge.end()).contains(Instant.parse("2027-02-23T00:00:00Z"));
    assertThat(edge.rights().scopes()).containsExactlyInAnyOrder(Scope.PULL, Scope.LOOK_UP);
    assertThat(edge.rights().cover(Scope.PULL, "docker.io", "library/alpine")).isTrue();
    assertThat(edge.rights().cover(Scope.PULL, "ghcr.io", "library/alpine")).isFalse();
    assertThat(edge.rights().cover(Scope.PULL, "ghcr.io", "team/a/b")).isTrue();
    assertThat(edge.rights().everywhere(Scope.PULL)).isFalse();
    Grant prometheus = tokens.ofCertificate("metrics.example").orElseThrow();
    assertThat(prometheus.proof()).isEqualTo(Proof.CERTIFICATE);
    assertThat(tokens.ofToken("metrics.example")).isEmpty();
  }

  @Test
  void everyMistakeIsNamedWithItsLine() {
    Map<String, String> mistakes =
        Map.of(
            "tokens: [{sha256: %s, scopes: [health]}]", "tokens[0].name: is missing",
            "tokens: [{name: a b, sha256: %s, scopes: [health]}]", "tokens[0].name: \"a b\"",
            "tokens: [{name: a, scopes: [health]}]", "expected one of sha256, certificate",
            "tokens: [{name: a, sha256: %s, certificate: b, scopes: [health]}]", "no two of them",
            "tokens: [{name: a, sha256: %s, scopes: []}]", "scopes: expected one at least",
            "tokens: [{name: a, sha256: %s, scopes: [push]}]", "one of pull, look-up, pins",
            "tokens: [{name: a, sha256: %s, scopes: [pull]}]", "nothing could be pulled",
            "tokens: [{name: a, sha256: %s, scope: [pull]}]", "there is no such setting",
            "tokens: [{name: a, sha256: %s, scopes: [pull], repositories: [a//b]}]",
                "repositories: pattern \"a//b\"",
            "tokens: [{name: a, sha256: %s, scopes: [health], expires: tomorrow}]",
                "a time in UTC such as");

    mistakes.forEach(
        (text, expected) ->
            assertThat(problem(text.formatted(HASH)))
                .as(text)
                .startsWith("tokens.yaml:1: ")
                .contains(expected));
  }

  @Test
  void whatTellsOfEveryImageIsNotGivenToWhoMaySeeSome() {
    String limited = "tokens: [{name: a, sha256: %s, scopes: [pins, pull], repositories: [a/*]}]";
    assertThat(problem(limited.formatted(HASH))).contains("pins covers the copies of every");
    assertThat(problem(limited.formatted(HASH).replace("a/*", "\"**\""))).isEmpty();
  }

  @Test
  void anEntryIsForATokenOrACertificateOrAPersonOrAGroup() {
    Map<String, String> mistakes =
        Map.of(
            "person: a, group: b, scopes: [pins]",
            "no two of them",
            "person: a, sha256: " + HASH + ", scopes: [pins]",
            "no two of them",
            "group: a, certificate: b, scopes: [pins]",
            "no two of them",
            "person: a, scopes: [pins, speak-for]",
            "scopes: speak-for is for a proxy",
            "group: a, scopes: [speak-for]",
            "scopes: speak-for is for a proxy",
            "person: \"a,b\", scopes: [pins]",
            "person: has U+002C as character 2",
            "group: \"a\\tb\", scopes: [pins]",
            "group: has U+0009 as character 2",
            "person: \"\", scopes: [pins]",
            "person: has 0 characters",
            "group: " + "g".repeat(257) + ", scopes: [pins]",
            "group: has 257 characters");

    mistakes.forEach(
        (entry, expected) ->
            assertThat(problem("tokens: [{name: a, " + entry + "}]"))
                .as(entry)
                .startsWith("tokens.yaml:1: ")
                .contains(expected));
    assertThat(problem("tokens: [{name: a, person: a b, scopes: [pins]}]")).isEmpty();
  }

  @Test
  void noTwoCallersShareANameOrAToken() {
    String first = TokenFiles.entry("a", "t0ken", "scopes: [health]");
    assertThat(problem("tokens:\n" + first + TokenFiles.entry("A", "x", "scopes: [health]")))
        .contains("\"A\" is taken by tokens[0].name");
    assertThat(problem("tokens:\n" + first + TokenFiles.entry("b", "t0ken", "scopes: [health]")))
        .isEqualTo(
            "tokens.yaml: a and b have the same sha256 (expected: a token of its own for each)");
    assertThat(
            problem(
                "tokens:\n"
                    + TokenFiles.spokenFor("a", "person: alice", "scopes: [pins]")
                    + TokenFiles.spokenFor("b", "person: Alice", "scopes: [pins]")))
        .contains("\"Alice\" is taken by tokens[0].person");
  }

  @Test
  void aFileThatOthersMayWriteIsRefused() throws Exception {
    Path file = TokenFiles.in(folder).holds().file();
    for (String rights : List.of("rw--w----", "rw-----w-")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
      assertThatThrownBy(() -> Tokens.read(file)).hasMessageContaining("chmod 600");
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assertThat(Tokens.read(file).ofToken("t0ken")).isEmpty();
  }
}
