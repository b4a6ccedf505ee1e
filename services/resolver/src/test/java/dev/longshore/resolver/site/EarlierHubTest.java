package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub whose lines are those of the first builds, which {@code schemas/golden/sites-earlier} has.
 */
class EarlierHubTest {
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** What was added to lines since. */
  private static final Set<String> ADDED =
      Set.of(
          "repositories",
          "syncAt",
          "askedPercent",
          "nonce",
          "others",
          "referrers",
          "referrersLeftOut");

  @TempDir private Path home;
  private final Set<String> leftOut = ConcurrentHashMap.newKeySet();

  private byte[] asBefore(byte[] line) {
    try {
      ObjectNode whole = (ObjectNode) PLAIN.readTree(line);
      for (var within : whole.properties()) {
        if (within.getValue() instanceof ObjectNode fields) {
          fields.fieldNames().forEachRemaining(name -> leftOut.add(name));
          fields.remove(ADDED);
        }
      }
      leftOut.retainAll(ADDED);
      return PLAIN.writeValueAsBytes(whole);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSiteFollowsItAndServesWhatItNames() throws Exception {
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(home, hub)) {
      hub.signsNonces = false;
      hub.form = this::asBefore;
      MirroredImage first = hub.image(1);
      NameChange change = hub.push(SiteBed.REPOSITORY, "1.0", first);
      site.start();
      site.awaitShown("1.0", first);
      MirroredImage second = hub.image(2);
      hub.push(SiteBed.REPOSITORY, "2.0", second);
      site.awaitShown("2.0", second);

      hub.remove(change, RemovalReason.DELETED);
      site.awaitHidden("1.0");

      site.awaitReport("of the one", r -> "c3".equals(r.cursor()) && r.present().images() == 1);
      assertThat(leftOut).as("what this build adds").contains("repositories");
      Eventually.await("nothing is the matter", () -> site.service().source().problem().isEmpty());
      try (RunningResolver resolver =
          RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0)) {
        String app = "/v2/" + SiteBed.REPOSITORY;
        assertThat(resolver.get(app + "/manifests/2.0").body())
            .isEqualTo(second.image().root().body());
        assertThat(resolver.get(app + "/referrers/" + second.digest()).statusCode())
            .as("of what it cannot know of")
            .isEqualTo(200);
        assertThat(resolver.get(app + "/manifests/unknown").statusCode()).isEqualTo(404);
      }
    }
  }
}
