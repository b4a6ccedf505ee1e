package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PullState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.edge.access.AccessSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a resolver says of pulls. */
@Timeout(60)
class CountedPullsTest {
  @TempDir Path folder;

  @Test
  void eachSourceDigestIsCountedOnceADayHoweverItIsNamed() throws Exception {
    List<PullState> pulled = pull(Duration.ofDays(30));

    assertThat(pulled).extracting(PullState::digest).containsExactly(source);
  }

  @Test
  void nothingIsCountedWhereNoRuleAsksForIt() throws Exception {
    assertThat(pull(null)).isEmpty();
  }

  @Test
  void aRuleThatAsksForItWhileTheResolverRunsCountsAtOnce() throws Exception {
    assertThat(pull(null, Duration.ofDays(30)))
        .extracting(PullState::digest)
        .containsExactly(source);
  }

  @Test
  void nothingIsCountedAnyMoreOnceNoRuleAsksForIt() throws Exception {
    assertThat(pull(Duration.ofDays(30), null)).isEmpty();
  }

  private @Nullable Digest source;

  private List<PullState> pull(@Nullable Duration within) throws Exception {
    return pull(within, within);
  }

  /**
   * Pulls from a running resolver.
   *
   * @param first as at its start
   * @param then as it is when the pulls come
   */
  private List<PullState> pull(@Nullable Duration first, @Nullable Duration then) throws Exception {
    try (Edge edge = Edge.empty(folder.resolve("unused"))) {
      MirroredImage image = edge.mirror(1);
      edge.mirror(2);
      source = image.digest();
      edge.states.tag("registry.test/team/app", "v1", image.digest().toString());
      RunningResolver resolver =
          new RunningResolver(
              folder.resolve("home"),
              edge.catalog,
              edge.own,
              AccessSettings.OPEN,
              false,
              List.of(rule(first)));
      try (resolver) {
        resolver.current.replace(new PeersAndRules(List.of(), List.of(rule(then))));
        assertThat(resolver.get("/v2/team/app/manifests/v1").statusCode()).isEqualTo(200);
        assertThat(resolver.get("/v2/team/app/manifests/" + image.digest()).statusCode())
            .isEqualTo(200);
        assertThat(resolver.head("/v2/team/app/manifests/v1").statusCode()).isEqualTo(200);
        assertThat(resolver.get("/v2/team/app/manifests/v9").statusCode()).isEqualTo(404);
      }
      return resolver.pulled;
    }
  }

  private static RuleSettings rule(@Nullable Duration within) {
    return new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 3, 1, null)
        .keeping(new KeepSettings(0, null, null, within, null), ReleaseSettings.GUARDED);
  }
}
