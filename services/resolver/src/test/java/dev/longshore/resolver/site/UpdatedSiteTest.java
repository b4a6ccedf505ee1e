package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.sites.Keep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site that is updated to this release. */
class UpdatedSiteTest {
  /** What version 1 of the store had not. */
  private static final List<String> BACK =
      List.of(
          "DROP INDEX versions_by_digest",
          "ALTER TABLE versions DROP COLUMN digest",
          "ALTER TABLE versions DROP COLUMN other",
          "DROP INDEX versions_by_subject",
          "DROP INDEX versions_of_referrers",
          "ALTER TABLE versions DROP COLUMN subject",
          "ALTER TABLE dags DROP COLUMN asked",
          "ALTER TABLE dags DROP COLUMN hurry",
          "ALTER TABLE dags DROP COLUMN needs",
          "ALTER TABLE dags DROP COLUMN gave_way_to",
          "ALTER TABLE dags DROP COLUMN elsewhere",
          "ALTER TABLE dags DROP COLUMN checked",
          "DROP TABLE neighbors",
          "ALTER TABLE names DROP COLUMN left_out",
          "PRAGMA user_version = 1");

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;

  @BeforeEach
  void follow() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "kept", image);
    hub.push(SiteBed.REPOSITORY, "on-demand", hub.image(2), Keep.ON_DEMAND, 0, null);
    site.start();
    site.awaitShown("kept", image);
    site.awaitReport("of both", r -> "c2".equals(r.cursor()) && r.present().images() == 1);
    site.stop();
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
        Statement statement = store.createStatement()) {
      for (String sql : BACK) {
        statement.execute(sql);
      }
    }
    // A catalog of another version is made anew.
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(home.resolve("stores/site/catalog.db" + suffix));
    }
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  @Test
  void itServesWhatItHoldsThoughItsHubIsAway() throws Exception {
    hub.status = 503;

    site.start();

    assertThat(site.shown("kept")).contains(image.digest());
    assertThat(site.finds(image)).isTrue();
  }

  @Test
  void itGoesOnWhereItWas() throws Exception {
    site.start();
    MirroredImage next = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "next", next);

    site.awaitShown("next", next);

    assertThat(hub.requests.stream().filter(r -> r.contains("changes") && !r.contains("after=")))
        .hasSize(1);
  }

  @Test
  void whatIsNamedOnDemandIsFoundByItsDigest() throws Exception {
    site.start();

    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
        Statement statement = store.createStatement();
        var rows =
            statement.executeQuery("SELECT COUNT(*) FROM versions WHERE digest LIKE 'sha256:%'")) {
      assertThat(rows.getInt(1)).isEqualTo(2);
    }
  }
}
