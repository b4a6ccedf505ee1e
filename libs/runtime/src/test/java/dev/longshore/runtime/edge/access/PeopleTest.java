package dev.longshore.runtime.edge.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.DeniedException;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.Secret;
import dev.longshore.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People that a proxy names: their identity, their rights, and refused claims. */
class PeopleTest {
  private static final String PERSON = "X-Forwarded-User";
  private static final String GROUPS = "X-Forwarded-Groups";
  private static final String ALICE = "alice@example.com";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-25T12:00:00Z"));
  private TokenFiles tokens;

  @BeforeEach
  void file() {
    tokens =
        TokenFiles.in(folder)
            .holds(
                TokenFiles.entry("login", "pr0xy", "scopes: [speak-for]"),
                TokenFiles.entry("front", "fr0nt", "scopes: [speak-for, health]"),
                TokenFiles.entry("edge", "t0ken", "scopes: [pull]", "repositories: [team/*]"),
                TokenFiles.spokenFor(
                    "alice",
                    "person: " + ALICE,
                    "scopes: [look-up]",
                    "repositories: [team/*]",
                    "expires: 2026-11-25T14:00:00Z"),
                TokenFiles.spokenFor(
                    "developers",
                    "group: developers",
                    "scopes: [pull]",
                    "repositories: [team/*]",
                    "expires: 2026-11-25T13:00:00Z"),
                TokenFiles.spokenFor(
                    "operations",
                    "group: Team Operations",
                    "scopes: [look-up, pins]",
                    "repositories: ['**']"));
  }

  private Authenticator keeper() {
    return keeper(null, PersonHeaders.USUAL);
  }

  private Authenticator keeper(CredentialSettings credentials, PersonHeaders headers) {
    return Authenticator.of(
        new AccessSettings(credentials, tokens.file(), headers, false, null, false), clock);
  }

  private static SentHeaders by(String token) {
    return SentHeaders.authorization("Bearer " + token);
  }

  private static SentHeaders person(String name) {
    return by("pr0xy").and(PERSON, name);
  }

  private static PersonRefusedException refused(Authenticator keeper, SentHeaders headers) {
    try {
      throw new AssertionError("let in: " + keeper.admit(headers, null));
    } catch (PersonRefusedException e) {
      return e;
    } catch (NotAdmittedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whomAProxyNamesMayDoWhatItsOwnEntrySays() throws Exception {
    Caller caller = keeper().admit(person(ALICE).and(GROUPS, "developers"), null);

    assertThat(caller.name()).isEqualTo(ALICE);
    assertThat(caller.through()).contains("login");
    assertThat(caller.proof()).isEqualTo(Proof.TOKEN);
    assertThat(caller.rights().scopes()).containsExactly(Scope.LOOK_UP);
    assertThat(caller.rights().cover(Scope.LOOK_UP, "registry.test", "team/app")).isTrue();
    assertThat(caller.rights().cover(Scope.LOOK_UP, "registry.test", "other/app")).isFalse();
  }

  @Test
  void withoutAnEntryOfItsOwnAPersonMayDoWhatItsGroupsMay() throws Exception {
    for (UnaryOperator<SentHeaders> groups :
        List.<UnaryOperator<SentHeaders>>of(
            bob -> bob.and(GROUPS, "developers,Team Operations"),
            bob -> bob.and(GROUPS, "developers").and(GROUPS, "Team Operations"),
            bob -> bob.and(GROUPS, " x ,, developers\t").and(GROUPS, ",Team Operations , ü"))) {
      Caller bob = keeper().admit(groups.apply(person("bob")), null);

      assertThat(bob.name()).isEqualTo("bob");
      assertThat(bob.rights().scopes())
          .containsExactlyInAnyOrder(Scope.PULL, Scope.LOOK_UP, Scope.PINS);
      assertThat(bob.rights().everywhere(Scope.LOOK_UP)).isTrue();
      assertThat(bob.rights().cover(Scope.PULL, "registry.test", "team/app")).isTrue();
      assertThat(bob.rights().cover(Scope.PULL, "registry.test", "other/app")).isFalse();
    }
  }

  @Test
  void whoeverMayNotSpeakForOthersIsHeardAsItselfWhateverItSends() throws Exception {
    List<UnaryOperator<SentHeaders>> said =
        List.of(
            own -> own.and(PERSON, ALICE),
            own -> own.and(PERSON, "mallory").and(GROUPS, "Team Operations"),
            own -> own.and(PERSON, "").and(PERSON, "\u0000"));
    Authenticator keeper =
        keeper(new CredentialSettings(null, null, new Secret("shared")), PersonHeaders.USUAL);
    Authenticator open = Authenticator.of(AccessSettings.OPEN, clock);

    for (UnaryOperator<SentHeaders> headers : said) {
      Caller edge = keeper.admit(headers.apply(by("t0ken")), null);
      assertThat(edge).isEqualTo(keeper.admit(by("t0ken"), null));
      assertThat(edge.name()).isEqualTo("edge");
      assertThat(edge.through()).isEmpty();
      assertThat(keeper.admit(headers.apply(by("shared")), null).name()).isEqualTo("default");
      assertThat(open.admit(headers.apply(by("any")), null)).isEqualTo(Caller.ANONYMOUS);
      assertThatThrownBy(() -> keeper.admit(headers.apply(SentHeaders.authorization()), null))
          .isInstanceOf(NotAdmittedException.class);
      assertThatThrownBy(() -> keeper.admit(headers.apply(by("wrong")), null))
          .isInstanceOf(NotAdmittedException.class);
    }
  }

  @Test
  void aProxyThatNamesNobodyMayDoWhatItMayItself() throws Exception {
    Caller front = keeper().admit(by("fr0nt"), null);

    assertThat(front.name()).isEqualTo("front");
    assertThat(front.through()).isEmpty();
    front.require(Scope.HEALTH);
    assertThatThrownBy(() -> front.require(Scope.LOOK_UP)).isInstanceOf(DeniedException.class);
  }

  @Test
  void aPersonHasNoneOfTheRightsOfItsProxy() throws Exception {
    Caller alice = keeper().admit(by("fr0nt").and(PERSON, ALICE), null);

    assertThat(alice.rights().scopes()).containsExactly(Scope.LOOK_UP);
  }

  @Test
  void whoIsNotInTheFileIsRefusedByName() {
    for (SentHeaders stranger :
        List.of(
            person("mallory"),
            person("mallory").and(GROUPS, "x, y"),
            person("mallory").and(GROUPS, ALICE),
            person("mallory").and(GROUPS, "Developers"),
            person("developers"),
            person("ALICE@example.com"),
            person("Alice@example.com").and(GROUPS, "Team Operations"),
            person("alice"),
            person("edge"),
            person("login"))) {
      PersonRefusedException refusal = refused(keeper(), stranger);

      String name = stranger.all(PERSON).getFirst();
      assertThat(refusal.caller().name()).isEqualTo(name);
      assertThat(refusal.caller().through()).contains("login");
      assertThat(refusal.caller().rights().scopes()).isEmpty();
      assertThat(refusal.reason()).startsWith(name + " has no rights here");
    }
  }

  @Test
  void whoIsNotNamedClearlyIsRefusedInTheNameOfTheProxy() {
    for (SentHeaders unclear :
        List.of(
            person(ALICE).and(PERSON, "mallory"),
            person(ALICE).and("x-forwarded-user", ALICE),
            person(""),
            person(" "),
            person(ALICE + " "),
            person(ALICE + ", mallory"),
            person("mallory," + ALICE),
            person("a".repeat(257)),
            person("al\u0000ice"),
            person("al\r\nice"),
            person("al\tice"),
            person("al\u007fice"),
            person("\u00e4lice"),
            person("al\u0131ce"),
            by("pr0xy").and(GROUPS, "developers"))) {
      PersonRefusedException refusal = refused(keeper(), unclear);

      assertThat(refusal.caller().name()).isEqualTo("login");
      assertThat(refusal.reason())
          .startsWith("X-Forwarded-User of login ")
          .doesNotContain("mallory", "\u0000", "\r", "\u00e4");
    }
  }

  @Test
  void aNameOfTheLongestLengthIsANameAndNoLongerOne() throws Exception {
    String longest = "a".repeat(256);
    tokens.holds(
        TokenFiles.entry("login", "pr0xy", "scopes: [speak-for]"),
        TokenFiles.spokenFor("a", "person: " + longest, "scopes: [pins]"));

    assertThat(keeper().admit(person(longest), null).name()).isEqualTo(longest);
    assertThat(refused(keeper(), person(longest + "a")).reason()).contains("has 257 characters");
  }

  @Test
  void whatEndedGivesNoRights() throws Exception {
    Authenticator keeper = keeper();
    SentHeaders bob = person("bob").and(GROUPS, "developers");
    clock.advance(Duration.ofMinutes(59));
    assertThat(keeper.admit(bob, null).rights().scopes()).containsExactly(Scope.PULL);

    clock.advance(Duration.ofMinutes(1));

    assertThat(refused(keeper, bob).reason()).contains("has not ended");
    assertThat(keeper.admit(bob.and(GROUPS, "Team Operations"), null).rights().scopes())
        .containsExactlyInAnyOrder(Scope.LOOK_UP, Scope.PINS);
    clock.advance(Duration.ofHours(1));
    // An entry of its own stays the only one that counts: so somebody is shut out of a group.
    assertThat(refused(keeper, person(ALICE).and(GROUPS, "Team Operations")).caller().name())
        .isEqualTo(ALICE);
  }

  @Test
  void whatIsTakenOutOfTheFileGivesNoRights() throws Exception {
    Authenticator keeper = keeper();
    assertThat(keeper.admit(person(ALICE), null).name()).isEqualTo(ALICE);

    tokens.holds(TokenFiles.entry("login", "pr0xy", "scopes: [speak-for]"));
    keeper.look();
    assertThat(refused(keeper, person(ALICE)).caller().name()).isEqualTo(ALICE);

    tokens.holds(
        TokenFiles.entry("login", "pr0xy", "scopes: [health]"),
        TokenFiles.spokenFor("alice", "person: " + ALICE, "scopes: [pins]"));
    keeper.look();
    assertThat(keeper.admit(person(ALICE), null).name()).isEqualTo("login");
  }

  @Test
  void theHeadersAreThoseOfTheSettings() throws Exception {
    Authenticator keeper =
        keeper(null, new PersonHeaders("X-Auth-Request-User", "X-Auth-Request-Groups"));

    assertThat(keeper.admit(person(ALICE), null).name()).isEqualTo("login");
    Caller bob =
        keeper.admit(
            by("pr0xy")
                .and("x-auth-request-user", "bob")
                .and("x-auth-request-groups", "developers")
                .and(PERSON, ALICE)
                .and(GROUPS, "Team Operations"),
            null);
    assertThat(bob.name()).isEqualTo("bob");
    assertThat(bob.rights().scopes()).containsExactly(Scope.PULL);
  }
}
