package dev.longshore.runtime.edge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.rights.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewTokenTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("tokens.yaml");
  }

  private static NewToken token(String name) {
    return NewToken.make(
        name,
        List.of(Scope.PULL, Scope.LOOK_UP),
        List.of("team/*", "docker.io/library/*"),
        Optional.of(Instant.parse("2027-01-31T00:00:00Z")));
  }

  @Test
  void itsEntryIsReadAsWhatWasAskedFor() throws Exception {
    NewToken token = token("edge");
    token.entry().addTo(file);

    Grant grant = Tokens.read(file).ofToken(token.reveal()).orElseThrow();

    assertThat(token.reveal()).matches("longshore_[A-Za-z0-9_-]{43}");
    assertThat(grant.name()).isEqualTo("edge");
    assertThat(grant.rights().scopes()).containsExactlyInAnyOrder(Scope.PULL, Scope.LOOK_UP);
    assertThat(grant.rights().cover(Scope.PULL, "registry.test", "team/app")).isTrue();
    assertThat(grant.end()).contains(Instant.parse("2027-01-31T00:00:00Z"));
    assertThat(file).content().doesNotContain(token.reveal());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void allElseInTheFileStays() throws Exception {
    for (String text : List.of("# mine\ntokens: []\n", "# mine\ntokens: []")) {
      TokenFiles.in(folder).text(text);
      token("edge").entry().addTo(file);
      token("other").entry().addTo(file);

      assertThat(file).content().startsWith("# mine\ntokens:\n");
      assertThat(TokenEntry.of(file)).extracting(TokenEntry::name).containsExactly("edge", "other");
    }
  }

  @Test
  void anEntryOfAPersonOrGroupIsReadAsItWasWritten() throws Exception {
    for (Holder holder :
        List.of(
            new Holder.Person("EXAMPLE\\al \"ice\""),
            new Holder.Group("Team: #1 'all'"),
            new Holder.Certificate("login.example"))) {
      NewEntry.of("who", holder, List.of(Scope.PINS), List.of(), Optional.empty()).addTo(file);

      assertThat(TokenEntry.of(file)).extracting(TokenEntry::holder).containsExactly(holder);
      Files.delete(file);
    }
  }

  @Test
  void aFileThatItCannotBeAddedToStaysAsItIs() {
    for (String text :
        List.of(
            "tokens: [{name: a, certificate: b, scopes: [health]}]\n",
            "tokens:\n- {name: a, certificate: b, scopes: [health]}\n",
            "tokens:\n  - {name: edge, certificate: b, scopes: [health]}\n",
            "nothing\n")) {
      TokenFiles.in(folder).text(text);

      assertThatThrownBy(() -> token("edge").entry().addTo(file))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tokens.yaml");

      assertThat(file).hasContent(text);
      assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }
  }
}
