package dev.longshore.app.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.Reference;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiteHintsTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

  private final List<Hint> sent = new ArrayList<>();

  private void misses(String name) {
    new SiteHints(
            List.of(registry("dev", "localhost:5055"), registry("hub", "index.docker.io")),
            sent::add,
            new ManualClock(AT))
        .accept(Reference.canonical(name));
  }

  private static RegistrySettings registry(String name, String host) {
    return new RegistrySettings(name, host, null, true, List.of(), null, null);
  }

  @Test
  void aHintNamesTheWatchersRegistryAndAsksForNothingElse() {
    misses("docker.io/library/nginx:1.27");

    Hint hint = sent.getFirst();
    assertThat(hint.origin()).isEqualTo(Origin.SITE);
    assertThat(hint.source()).isEqualTo("hub");
    assertThat(hint.key()).isEqualTo("hub/library/nginx");
    assertThat(hint.receivedAt()).isEqualTo(AT);
    assertThat(new String(hint.bytes(), StandardCharsets.UTF_8))
        .isEqualTo("{\"repository\":\"library/nginx\",\"tag\":\"1.27\"}");
  }

  @Test
  void aRegistryThatIsNotConfiguredGetsNoHint() {
    misses("registry.test/shop/app:1");

    assertThat(sent).isEmpty();
  }
}
