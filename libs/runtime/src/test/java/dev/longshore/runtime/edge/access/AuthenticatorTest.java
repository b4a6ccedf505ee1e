package dev.longshore.runtime.edge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Rights;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.Secret;
import dev.longshore.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in by what, while the file of tokens changes and time goes by. */
class AuthenticatorTest {
  private static final String PULL = "scopes: [pull]";
  private static final String TEAM = "repositories: [team/*]";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-25T12:00:00Z"));
  private TokenFiles tokens;

  @BeforeEach
  void file() {
    tokens = TokenFiles.in(folder);
  }

  private Authenticator keeper(CredentialSettings credentials) {
    return Authenticator.of(
        new AccessSettings(credentials, tokens.file(), false, null, false), clock);
  }

  private static String basic(String name, String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  private static Caller admitted(Authenticator keeper, String... authorization) throws Exception {
    return keeper.admit(SentHeaders.authorization(authorization), null);
  }

  private static void assertRefused(Authenticator keeper, String why, String... authorization) {
    assertThatThrownBy(() -> admitted(keeper, authorization))
        .isInstanceOfSatisfying(
            NotAdmittedException.class,
            e -> {
              assertThat(e.reason()).contains(why);
              assertThat(e.challenge()).startsWith("Basic realm=");
            });
  }

  @Test
  void oneTokenIsTakenAsPasswordOfItsNameAndAsBearer() throws Exception {
    tokens.holds(TokenFiles.entry("edge", "t0ken", PULL, TEAM));
    Authenticator keeper = keeper(null);

    for (String shown : List.of(basic("edge", "t0ken"), "Bearer t0ken", "bEARER  t0ken")) {
      Caller caller = admitted(keeper, shown);

      assertThat(caller.name()).isEqualTo("edge");
      assertThat(caller.proof()).isEqualTo(Proof.TOKEN);
      assertThat(caller.rights().scopes()).containsExactly(Scope.PULL);
      assertThat(caller.rights().cover(Scope.PULL, "registry.test", "team/app")).isTrue();
      assertThat(caller.rights().cover(Scope.PULL, "registry.test", "other/app")).isFalse();
    }
  }

  @Test
  void whatIsNotRightIsRefusedAndNotRepeated() {
    tokens.holds(
        TokenFiles.entry("edge", "t0ken", PULL, TEAM),
        TokenFiles.entry("other", "t0ken2", PULL, TEAM));
    Authenticator keeper = keeper(null);

    assertRefused(keeper, "credentials are needed");
    for (String shown :
        List.of(
            basic("other", "t0ken"),
            basic("", "t0ken"),
            basic("edge", "t0ke"),
            basic("edge", ""),
            "Bearer t0kenn",
            "Bearer " + "t0ken".repeat(3_000),
            "Bearer " + Tokens.sha256("t0ken"),
            "Bearer",
            "Basic !!!",
            "Digest t0ken",
            "t0ken")) {
      assertRefused(keeper, "these credentials are not accepted", shown);
    }
    assertRefused(keeper, "not accepted", "Bearer t0ken", "Bearer t0ken");
  }

  @Test
  void credentialsOfTheListenerStandBesideTokensAndMayDoAll() throws Exception {
    tokens.holds(TokenFiles.entry("edge", "t0ken", PULL, TEAM));
    Authenticator keeper = keeper(new CredentialSettings(null, null, new Secret("shared")));

    assertThat(admitted(keeper, "Bearer shared").name()).isEqualTo("default");
    assertThat(admitted(keeper, "Bearer shared").rights()).isEqualTo(Rights.ALL);
    assertThat(admitted(keeper, "Bearer t0ken").name()).isEqualTo("edge");
    assertRefused(keeper, "not accepted", basic("default", "shared"));
  }

  @Test
  void aTokenEndsWhenItsTimeIsOver() throws Exception {
    tokens.holds(TokenFiles.entry("edge", "t0ken", PULL, TEAM, "expires: 2026-11-25T13:00:00Z"));
    Authenticator keeper = keeper(null);
    clock.advance(Duration.ofMinutes(59));
    assertThat(admitted(keeper, "Bearer t0ken").name()).isEqualTo("edge");

    clock.advance(Duration.ofMinutes(1));

    assertRefused(keeper, "ended at 2026-11-25T13:00:00Z", "Bearer t0ken");
    assertRefused(keeper, "not accepted", "Bearer t0ke");
  }

  @Test
  void aTokenThatWasTakenOutOfTheFileIsRefusedAndANewOneTaken() throws Exception {
    tokens.holds(TokenFiles.entry("edge", "t0ken", PULL, TEAM));
    Authenticator keeper = keeper(null);

    tokens.holds(TokenFiles.entry("next", "n3w", PULL, TEAM));
    keeper.look();

    assertRefused(keeper, "not accepted", "Bearer t0ken");
    assertThat(admitted(keeper, "Bearer n3w").name()).isEqualTo("next");
    tokens.holds();
    keeper.look();
    assertRefused(keeper, "not accepted", "Bearer n3w");
  }

  @Test
  void aFileThatCannotBeUsedLeavesTheTokensBefore() throws Exception {
    tokens.holds(TokenFiles.entry("edge", "t0ken", PULL, TEAM));
    Authenticator keeper = keeper(null);

    for (String broken :
        List.of("", "tokens:", "tokens: [{name: edge}]", "tokens: [", "x", "\u0000")) {
      tokens.text(broken);
      keeper.look();
      assertThat(admitted(keeper, "Bearer t0ken").name()).as(broken).isEqualTo("edge");
    }
    Files.delete(tokens.file());
    keeper.look();
    assertThat(admitted(keeper, "Bearer t0ken").name()).isEqualTo("edge");

    tokens.holds();
    keeper.look();
    assertRefused(keeper, "not accepted", "Bearer t0ken");
  }

  @Test
  void aListenerDoesNotStartOverAFileThatCannotBeUsed() {
    tokens.text("tokens: [{name: edge, sha256: hunter2, scopes: [pull]}]");

    assertThatThrownBy(() -> keeper(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokens.yaml:1: tokens[0].sha256: expected 64 digits")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void anOpenListenerLetsEverybodyIn() throws Exception {
    Authenticator keeper = Authenticator.of(AccessSettings.OPEN, clock);

    assertThat(admitted(keeper)).isEqualTo(Caller.ANONYMOUS);
    assertThat(admitted(keeper, "Bearer anything")).isEqualTo(Caller.ANONYMOUS);
  }
}
