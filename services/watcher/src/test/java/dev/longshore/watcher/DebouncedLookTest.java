package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.oci.Descriptor;
import dev.longshore.rules.Rules;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tag with only its last version wanted, looked at late or early. */
class DebouncedLookTest {
  private final WatchedHub hub = new WatchedHub();

  @BeforeEach
  void debounce() {
    hub.rules = List.of(Rules.DEFAULT.debounced(Duration.ofSeconds(30)));
  }

  @AfterEach
  void close() {
    hub.catalog.close();
  }

  @Test
  void aVersionThatTheTagHasLeftAlreadyIsNotObservedByItsDigest() throws Exception {
    Descriptor left = push(1);
    push(2);

    hub.pushed("team/app", left.digest(), "ci");

    assertThat(hub.observed)
        .extracting(Observed::key)
        .containsExactly("localhost:5055/team/app:ci");
  }

  @Test
  void aVersionWhoseTagIsNotWrittenYetIs() throws Exception {
    Descriptor before = push(1);
    hub.pushed("team/app", before.digest(), "ci");
    Descriptor early = push(2);
    push(1);

    hub.pushed("team/app", early.digest(), "ci");

    assertThat(hub.observed)
        .extracting(Observed::key)
        .contains("localhost:5055/team/app@" + early.digest());
  }

  private Descriptor push(long seed) {
    return hub.images.push(WatchedHub.name("team/app"), "ci", RandomImage.of(seed));
  }
}
