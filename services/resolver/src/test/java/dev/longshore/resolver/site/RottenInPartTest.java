package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rot while an image is not there whole, or a kill while one is mended. */
class RottenInPartTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;

  @BeforeEach
  void open() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  /** Has it, but for its pin. */
  private MirroredImage unpinned() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitReport("of it", r -> r.present().images() == 1);
    site.stop();
    site.own.unpin(image.dag(), "", Deadline.after(CALL));
    return image;
  }

  @Test
  void aKillBeforeItIsPinnedAgainLosesNothingThoughTheHubIsAway() throws Exception {
    MirroredImage image = unpinned();
    hub.status = 503;

    site.start();

    Eventually.await("it is pinned again", () -> site.pinned(image));
    site.awaitShown("1.0", image);
  }

  @Test
  void anInnerNodeThatRottedComesAgainWithItsImage() throws Exception {
    MirroredImage image = unpinned();
    Cid node = hub.order(image.dag()).nodes().getLast();
    site.own.corrupt(node);

    site.start();

    Eventually.await("it is here", () -> site.pinned(image));
    assertThat(site.own.block(node, Reach.LOCAL, Deadline.after(CALL)).size()).isPositive();
  }
}
