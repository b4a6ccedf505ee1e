package dev.longshore.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.settings.value.ByteSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final RuleSettings TEAM =
      new RuleSettings(
          "localhost:5055/team/*",
          List.of(Mode.ESTARGZ, Mode.PLAIN),
          List.of("linux/amd64"),
          5,
          2,
          new ByteSize(1L << 30));
  private static final RuleSettings ALL_LOCAL =
      new RuleSettings("localhost:5055/**", List.of(Mode.PLAIN), List.of(), 2, 1, null);
  private final Rules rules = new Rules(List.of(TEAM, ALL_LOCAL));

  @Test
  void theFirstThatMatchesIsTaken() {
    assertThat(rules.firstMatch(RepositoryName.stored("localhost:5055", "team/app"), "v1"))
        .isEqualTo(
            new Rule(
                TEAM,
                "localhost:5055/team/app:v1 falls under rule 1 (match: localhost:5055/team/*), the"
                    + " first that matches: modes estargz, plain; platforms linux/amd64; copies 5,"
                    + " at least 2; at most 1GiB; names stand for plain, with -estargz for"
                    + " estargz"));
  }

  @Test
  void theExplanationNamesThoseThatWerePassedOver() {
    assertThat(rules.firstMatch(RepositoryName.stored("localhost:5055", "team/app/x"), "sha256:00"))
        .isEqualTo(
            new Rule(
                ALL_LOCAL,
                "localhost:5055/team/app/x@sha256:00 falls under rule 2 (match: localhost:5055/**),"
                    + " the first that matches; before it: localhost:5055/team/*: modes plain;"
                    + " platforms all; copies 2, at least 1"));
  }

  @Test
  void withoutAMatchTheDefaultApplies() {
    Rule rule = rules.firstMatch(RepositoryName.stored("docker.io", "library/alpine"), "3");
    assertThat(rule.settings())
        .isEqualTo(new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, null));
    assertThat(rule.explanation())
        .isEqualTo(
            "docker.io/library/alpine:3 matches none of localhost:5055/team/*, localhost:5055/**,"
                + " so the default applies: modes plain; platforms all; copies 3, at least 1");
    assertThat(new Rules(List.of()).firstMatch(RepositoryName.stored("a", "b"), "c").explanation())
        .startsWith("a/b:c matches no rule, there are none, so the default applies");
  }

  @Test
  void nothingAfterARuleForAllMatchesFirst() {
    RuleSettings all = new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 5, 1, null);

    assertThat(new Rules(List.of(TEAM, all, ALL_LOCAL)).thatMayMatch()).containsExactly(TEAM, all);
    assertThat(new Rules(List.of(TEAM, ALL_LOCAL)).thatMayMatch())
        .containsExactly(TEAM, ALL_LOCAL, Rules.DEFAULT);
  }

  @Test
  void tagsThatTheRuleLeavesOutAreNotMirroredUnderALaterRuleEither() {
    RuleSettings versions =
        rule(List.of(Mode.ENCRYPTED), new TagSettings(List.of("v*"), List.of("*-rc*"), "^1"));
    Rules secret = new Rules(List.of(versions, ALL_LOCAL));

    assertThat(
            secret
                .firstMatch(RepositoryName.stored("localhost:5055", "team/app"), "latest")
                .explanation())
        .endsWith("not mirrored, as tags.allow is v*");
    assertThat(
            secret
                .firstMatch(RepositoryName.stored("localhost:5055", "team/app"), "v1.0.0-rc1")
                .explanation())
        .endsWith("not mirrored, as tags.deny has *-rc*");
    assertThat(
            secret
                .firstMatch(RepositoryName.stored("localhost:5055", "team/app"), "v2.0")
                .explanation())
        .endsWith("not mirrored, as tags.semver is ^1");
    assertThat(versions.takes("latest")).isFalse();
    assertThat(versions.takes("v1.9")).isTrue();
    assertThat(versions.takes("sha256:" + "0".repeat(64))).isTrue();
  }

  @Test
  void theExplanationSaysWhatFurtherModesDo() {
    RuleSettings further = rule(List.of(Mode.ESTARGZ, Mode.ENCRYPTED), TagSettings.ALL);

    assertThat(
            new Rules(List.of(further))
                .firstMatch(RepositoryName.stored("a", "b"), "c")
                .explanation())
        .endsWith(
            "; encrypted to jwe:/keys/team.pem, of the layers only -1; first come bin/sh; names"
                + " stand for estargz, with -encrypted for encrypted");
  }

  @Test
  void aModeThatIsNamedTwiceIsOne() {
    RuleSettings rule = rule(List.of(Mode.ENCRYPTED, Mode.ENCRYPTED), TagSettings.ALL);

    assertThat(rule.modes()).containsExactly(Mode.ENCRYPTED);
    assertThat(rule.encryptedOnly()).isTrue();
  }

  @Test
  void modeEncryptedNeedsSomeoneWhoCanDecrypt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RuleSettings("**", List.of(Mode.ENCRYPTED), List.of(), 3, 1, null))
        .withMessageStartingWith("recipients: none (expected: one or more");
  }

  private static RuleSettings rule(List<Mode> modes, TagSettings tags) {
    return new RuleSettings(
        "**",
        modes,
        List.of(),
        3,
        1,
        PlacementSettings.ANYWHERE,
        null,
        tags,
        SuffixSettings.DEFAULT,
        List.of("jwe:/keys/team.pem"),
        List.of("-1"),
        List.of("bin/sh"),
        null,
        null);
  }
}
