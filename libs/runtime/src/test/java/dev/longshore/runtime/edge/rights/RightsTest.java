package dev.longshore.runtime.edge.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RightsTest {
  private static final Rights PULLS_TEAM = rights(Set.of(Scope.PULL), "team/*");
  private static final Rights LOOKS_UP_ALL = rights(Set.of(Scope.LOOK_UP, Scope.PINS), "**");
  private static final Rights PULLS_TOOLS = rights(Set.of(Scope.PULL), "tools/*", "team/*");

  private static Rights rights(Set<Scope> scopes, String... patterns) {
    return Rights.of(scopes, List.of(patterns).stream().map(RepositoryPattern::parse).toList());
  }

  @Test
  void severalTogetherAllowWhatOneOfThemAllowsAndNoMore() {
    Rights together = Rights.together(List.of(PULLS_TEAM, LOOKS_UP_ALL, PULLS_TOOLS));

    assertThat(together.scopes()).containsExactlyInAnyOrder(Scope.PULL, Scope.LOOK_UP, Scope.PINS);
    assertThat(together.cover(Scope.PULL, "registry.test", "team/app")).isTrue();
    assertThat(together.cover(Scope.PULL, "registry.test", "tools/app")).isTrue();
    assertThat(together.cover(Scope.PULL, "registry.test", "other/app")).isFalse();
    assertThat(together.cover(Scope.LOOK_UP, "registry.test", "other/app")).isTrue();
    assertThat(together.everywhere(Scope.PULL)).isFalse();
    assertThat(together.everywhere(Scope.LOOK_UP)).isTrue();
    assertThat(together.repositories(Scope.PULL)).hasToString("[team/*, tools/*]");
  }

  @Test
  void withoutAScopeNoRepositoryIsCovered() {
    assertThat(PULLS_TEAM.cover(Scope.LOOK_UP, "registry.test", "team/app")).isFalse();
    assertThat(LOOKS_UP_ALL.everywhere(Scope.PULL)).isFalse();
    assertThat(Rights.together(List.of()).scopes()).isEmpty();
  }

  @Test
  void whoeverIsNotToldApartMayDoAllButSpeakForOthers() {
    for (Scope scope : Scope.values()) {
      assertThat(Rights.ALL.include(scope)).isEqualTo(scope != Scope.SPEAK_FOR);
    }
    assertThat(Rights.ALL.everywhere(Scope.PULL)).isTrue();
  }
}
