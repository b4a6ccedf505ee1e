package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One image DAG made from two sources; one is forgotten. */
class ForgottenSourceTest {
  private static final Digest FORGOTTEN = Digest.parse("sha256:" + "f".repeat(64));
  private static final Digest OTHER = Digest.parse("sha256:" + "a".repeat(64));

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;
  private NameChange first;

  @BeforeEach
  void hold() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = hub.image(1);
    first = push("first", FORGOTTEN);
    site.start();
    awaitShown("first", FORGOTTEN);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private NameChange push(String tag, Digest source) {
    return hub.push(SiteBed.REPOSITORY, tag, source, image, Keep.EVERY_NODE, 0, null);
  }

  private void awaitShown(String tag, Digest source) {
    Eventually.await(tag, () -> site.shown(tag).filter(source::equals).isPresent());
  }

  private boolean finds(Digest source) {
    return new Listing(site.catalog())
        .whole(RepositoryName.canonical(SiteBed.REPOSITORY), source)
        .isPresent();
  }

  private void requireTheOtherAlone() {
    site.awaitHidden("first");
    awaitShown("second", OTHER);
    assertThat(finds(OTHER)).isTrue();
    assertThat(finds(FORGOTTEN)).isFalse();
    Eventually.await("it is pinned", () -> site.pinned(image));
  }

  @Test
  void theOtherIsShownThatWasThereBefore() throws Exception {
    push("second", OTHER);
    awaitShown("second", OTHER);

    hub.remove(first, RemovalReason.FORGOTTEN);

    requireTheOtherAlone();
    site.stop().start();
    requireTheOtherAlone();
  }

  @Test
  void theOtherIsShownThatComesAfterwards() throws Exception {
    hub.remove(first, RemovalReason.FORGOTTEN);
    site.awaitHidden("first");

    push("second", OTHER);

    requireTheOtherAlone();
    site.stop().start();
    requireTheOtherAlone();
  }

  @Test
  void theOrderWithinOneAnswerDoesNotMatter() throws Exception {
    site.stop();
    HubTwin one = hub;
    synchronized (one) {
      hub.remove(first, RemovalReason.FORGOTTEN);
      push("second", OTHER);
    }

    site.start();

    requireTheOtherAlone();
  }

  @Test
  void aNameThatHadItIsNotFoundByTheDigestOfTheForgottenOne() throws Exception {
    NameChange alias = push("alias", FORGOTTEN);
    awaitShown("alias", FORGOTTEN);
    site.stop();
    HubTwin one = hub;
    synchronized (one) {
      hub.remove(alias, RemovalReason.FORGOTTEN);
      push("first", OTHER);
    }

    site.start();

    awaitShown("first", OTHER);
    assertThat(finds(OTHER)).isTrue();
    assertThat(finds(FORGOTTEN)).isFalse();
  }

  @Test
  void whatWasKeptForItsDigestStaysAsLongAsItWould() throws Exception {
    NameChange second = push("second", OTHER);
    awaitShown("second", OTHER);
    hub.remove(second, RemovalReason.DELETED);
    site.awaitHidden("second");

    hub.remove(first, RemovalReason.FORGOTTEN);

    site.awaitHidden("first");
    Eventually.await("it is not found by the one", () -> !finds(FORGOTTEN));
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "next", next);
    site.awaitShown("next", next);
    assertThat(site.pinned(image)).isTrue();
  }

  @Test
  void itGoesWithTheLastOfItsSources() throws Exception {
    NameChange second = push("second", OTHER);
    awaitShown("second", OTHER);
    hub.remove(first, RemovalReason.FORGOTTEN);
    site.awaitHidden("first");

    hub.remove(second, RemovalReason.FORGOTTEN);

    site.awaitHidden("second");
    assertThat(finds(OTHER)).isFalse();
    Eventually.await("it is unpinned", () -> !site.pinned(image));
  }

  @Test
  void whatAnEarlierReleaseTookForForgottenIsShownAgain() throws Exception {
    push("second", OTHER);
    awaitShown("second", OTHER);
    hub.remove(first, RemovalReason.DELETED);
    site.awaitHidden("first");
    site.stop();
    try (var store = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
        var statement = store.createStatement()) {
      statement.execute("UPDATE dags SET forget = 1");
      statement.execute("ALTER TABLE versions DROP COLUMN other");
      statement.execute("DROP INDEX versions_by_subject");
      statement.execute("DROP INDEX versions_of_referrers");
      statement.execute("ALTER TABLE versions DROP COLUMN subject");
      statement.execute("ALTER TABLE dags DROP COLUMN elsewhere");
      statement.execute("ALTER TABLE dags DROP COLUMN checked");
      statement.execute("DROP TABLE neighbors");
      statement.execute("ALTER TABLE names DROP COLUMN left_out");
      statement.execute("PRAGMA user_version = 3");
    }

    site.start();

    requireTheOtherAlone();
  }
}
