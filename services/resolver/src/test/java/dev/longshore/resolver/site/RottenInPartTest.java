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

/** An inner node that rotted on the site's disk while its image was not there whole. */
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

  @Test
  void itComesAgainWithTheImage() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitReport("of it", r -> r.present().images() == 1);
    site.stop();
    Cid node = hub.order(image.dag()).nodes().getLast();
    site.own.unpin(image.dag(), "", Deadline.after(CALL));
    site.own.corrupt(node);

    site.start();

    Eventually.await("it is here", () -> site.pinned(image));
    assertThat(site.own.block(node, Reach.LOCAL, Deadline.after(CALL)).size()).isPositive();
  }
}
