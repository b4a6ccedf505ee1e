package dev.longshore.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.RepositoryName;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReleaseGuardTest {
  private static final RepositoryName APP = RepositoryName.stored("r", "app");

  @Test
  void stopsTwentyImagesThatAreATwentieth() {
    assertThat(guards(19, 19)).isFalse();
    assertThat(guards(20, 20)).isTrue();
    assertThat(guards(20, 400)).isTrue();
    assertThat(guards(20, 401)).isFalse();
    assertThat(guards(1_000, 20_000)).isTrue();
    assertThat(guards(1_000, 20_001)).isFalse();
  }

  @Test
  void hasTheIdOfItsRepository() {
    ReleaseGuard one = ReleaseGuard.of(APP, 20, 20, Instant.EPOCH).orElseThrow();
    ReleaseGuard later = ReleaseGuard.of(APP, 30, 30, Instant.MAX).orElseThrow();
    ReleaseGuard other =
        ReleaseGuard.of(RepositoryName.stored("r", "b"), 20, 20, Instant.EPOCH).orElseThrow();

    assertThat(one.id())
        .isEqualTo(later.id())
        .isNotEqualTo(other.id())
        .matches("release-[0-9a-f]{8}");
    assertThat(ReleaseGuard.of(null, 20, 20, Instant.EPOCH).orElseThrow().id())
        .isEqualTo("release-all");
  }

  private static boolean guards(long count, long of) {
    return ReleaseGuard.of(APP, count, of, Instant.EPOCH).isPresent();
  }
}
