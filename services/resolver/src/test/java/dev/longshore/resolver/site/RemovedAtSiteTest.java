package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Admission;
import dev.longshore.sites.NameChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names that are removed, forgotten or named no more, and what they showed. */
class RemovedAtSiteTest extends JoinedSite {
  @Test
  void aRemovedNameIsHiddenAtOnceAndItsBlocksGoAfterAWeek() throws Exception {
    MirroredImage image = hub.image(1);
    NameChange change = hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);

    hub.remove(change, RemovalReason.DELETED);
    site.awaitHidden("1.0");
    assertThat(site.finds(image)).isFalse();
    assertThat(site.pinned(image)).isTrue();

    hub.now = hub.now.plus(KeptDags.EVICT_AFTER).plusSeconds(60);
    hub.poke();
    Eventually.await("it is unpinned", () -> !site.pinned(image));
    Eventually.await("its blocks are gone", () -> !site.own.storedBlocks().contains(image.dag()));
  }

  @Test
  void whatIsForgottenGoesAtOnceAlsoUnderATagThatHasMovedOn() throws Exception {
    MirroredImage secret = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", secret);
    NameChange alias = hub.push(SiteBed.REPOSITORY, "oops", secret);
    site.start();
    site.awaitShown("1.0", secret);
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitShown("1.0", next);

    hub.remove(alias, RemovalReason.FORGOTTEN);

    Eventually.await("it is unpinned", () -> !site.pinned(secret));
    Eventually.await("its blocks are gone", () -> !site.own.storedBlocks().contains(secret.dag()));
    assertThat(site.finds(secret)).isFalse();
    assertThat(site.shown("1.0")).contains(next.digest());
  }

  @Test
  void aNameThatItsRulesNameNoMoreDoesNotExist() throws Exception {
    MirroredImage image = hub.image(1);
    NameChange change = hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);

    hub.drop(change);

    site.awaitHidden("1.0");
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.awaitShown("1.0", image);
  }

  @Test
  void whatAWholeSnapshotDoesNotNameIsNotItsOwn() throws Exception {
    MirroredImage gone = hub.image(1);
    MirroredImage stays = hub.image(2);
    NameChange change = hub.push(SiteBed.REPOSITORY, "gone", gone);
    hub.push(SiteBed.REPOSITORY, "stays", stays);
    site.start();
    site.awaitShown("gone", gone);
    site.awaitShown("stays", stays);
    site.stop();

    hub.vanish(change);
    hub.segment = 1;
    new SiteFolder(home)
        .admit(rejoined(), "main", hub.address().toString(), HubTwin.AT.plusSeconds(60));
    hub.now = HubTwin.AT.plusSeconds(60);
    site.start();

    site.awaitHidden("gone");
    assertThat(site.shown("stays")).contains(stays.digest());
  }

  private Admission rejoined() {
    var first = hub.admission();
    return new Admission(
        first.site(),
        first.group(),
        "secret",
        first.expiresAt(),
        first.joinedAt().plusSeconds(60),
        first.keys(),
        List.of());
  }
}
