package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that takes nothing for a while, as on a full disk. */
class UnwritableStoreTest {
  @TempDir private Path home;

  @Test
  void itsSiteServesMeanwhileAndGoesOnAfterwards() throws Exception {
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(home, hub)) {
      MirroredImage first = hub.image(1);
      MirroredImage next = hub.image(2);
      hub.push(SiteBed.REPOSITORY, "1.0", first);
      site.start();
      site.awaitShown("1.0", first);

      try (Connection other =
              DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        hub.push(SiteBed.REPOSITORY, "1.0", next);
        Eventually.await("it says so", () -> site.service().trouble().isPresent());
        assertThat(site.service().trouble().orElseThrow()).contains("site.db");
        assertThat(site.shown("1.0")).contains(first.digest());
        statement.execute("ROLLBACK");
      }

      site.awaitShown("1.0", next);
      Eventually.await("no trouble", () -> site.service().trouble().isEmpty());
    }
  }
}
