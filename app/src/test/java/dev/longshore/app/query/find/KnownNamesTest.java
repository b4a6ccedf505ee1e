package dev.longshore.app.query.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Why nothing is known of an image. */
class KnownNamesTest {
  private final KnownNames names = new KnownNames(List.of());

  @Test
  void aNameWithoutItsRegistryIsTakenForDockerHubsAndThatIsSaid() {
    assertThat(names.notKnown("team/app:1.0"))
        .isEqualTo(
            "team/app:1.0 is not known: registry docker.io is not configured (configured: none);"
                + " add it under registries");
  }

  @Test
  void aDigestIsNoName() {
    String digest = "sha256:" + "ab".repeat(32);
    assertThat(names.notKnown(digest))
        .isEqualTo(
            digest + " is not known; 'longshore why " + digest + "' says what was looked at");
  }
}
