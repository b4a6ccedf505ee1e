package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.Eventually;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How followers end, without a Kafka. */
@Timeout(30)
class CatalogFollowerTest {
  /** Nothing listens there. */
  private static final Map<String, Object> NOWHERE = Map.of("bootstrap.servers", "127.0.0.1:1");

  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final CatalogFollower follower =
      new CatalogFollower(NOWHERE, "", catalog, Clock.systemUTC());

  @Test
  void oneThatWasNeverStartedCloses() {
    assertThatCode(follower::close).doesNotThrowAnyException();
    follower.start();
    assertThat(follower.problem()).as("after a close nothing starts").isEmpty();
  }

  @Test
  void oneThatReachesNobodyClosesAtOnce() {
    // The first of a JVM loads Kafka's client, which takes seconds on a busy machine.
    CatalogFollower first = new CatalogFollower(NOWHERE, "", catalog, Clock.systemUTC());
    first.start();
    first.close();
    follower.start();
    long begun = System.nanoTime();
    follower.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void aDefectThatEndsFollowingIsTold() {
    CatalogFollower broken =
        new CatalogFollower(Unreadable.SETTINGS, "", catalog, Clock.systemUTC());
    broken.start();

    Eventually.await("it ended", () -> broken.ended().isPresent());
    assertThat(broken.problem()).isEqualTo(broken.ended());
    assertThat(broken.ended().orElseThrow())
        .contains("goes on only after a restart", Unreadable.DEFECT);
    broken.close();
  }

  @Test
  void aDefectThatEndsTheFollowingOfStatesIsTold() {
    StateFollower broken =
        new StateFollower(Unreadable.SETTINGS, "", Topic.SITES, _ -> {}, Clock.systemUTC());
    broken.start();

    Eventually.await("it ended", () -> broken.ended().isPresent());
    assertThat(broken.problem()).isEqualTo(broken.ended());
    assertThat(broken.ended().orElseThrow())
        .contains("goes on only after a restart", Unreadable.DEFECT);
    broken.close();
  }

  /** Stands for any defect: Kafka's client meets it as it reads its settings. */
  private static final class Unreadable {
    private static final String DEFECT = "of a jar that was exchanged";

    private static final Map<String, Object> SETTINGS =
        Map.of("bootstrap.servers", "127.0.0.1:1", "client.id", new Unreadable());

    @Override
    public String toString() {
      throw new IllegalStateException(DEFECT);
    }
  }

  @Test
  void oneThatIsClosedTwiceCloses() {
    follower.start();
    follower.close();
    assertThatCode(follower::close).doesNotThrowAnyException();
    assertThat(follower.age()).isEqualTo(Optional.empty());
  }
}
