package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of one site, each with a Kubo of its own, at one hub. */
class NeighborsTest {
  @TempDir private Path folder;
  private SiteNodes site;

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
  }

  @Test
  void whatFourNodesKeepComesOverTheLineOnce() throws Exception {
    for (String name : List.of("a", "b", "c", "d")) {
      site.node(name);
    }
    site.startAcquainted();

    site.push(Keep.EVERY_NODE);

    site.nodes.forEach(site::awaitHere);
    site.assertOverTheLineOnce();
  }

  @Test
  void whatFourNodesPullAtOnceComesOverTheLineOnce() throws Exception {
    for (String name : List.of("a", "b", "c", "d")) {
      site.node(name);
    }
    site.push(Keep.ON_DEMAND);
    site.startAcquainted();

    site.pullEverywhere();

    site.nodes.forEach(site::awaitHere);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
  }

  @Test
  void whatANodeHoldsIsTakenFromItWithoutTheHub() throws Exception {
    SiteBed first = site.node("a");
    SiteBed second = site.node("b");
    site.push(Keep.ON_DEMAND);
    site.startAcquainted();
    site.pull(site.resolver(first));
    site.awaitHere(first);
    int before = site.hub.sentLeaves.get();

    site.pull(site.resolver(second));

    site.awaitHere(second);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(before);
  }

  @Test
  void nodesKnowEachOtherWhileTheHubsKeyChanges() throws Exception {
    site.hub.neighborSecrets = List.of(SiteNodes.SECRET, SiteNodes.OTHER);
    SiteBed before = site.node("a");
    site.hub.neighborSecrets = List.of(SiteNodes.OTHER, SiteNodes.SECRET);
    SiteBed after = site.node("b");
    site.startAcquainted();

    site.push(Keep.EVERY_NODE);

    site.awaitHere(before);
    site.awaitHere(after);
    site.assertOverTheLineOnce();
  }

  @Test
  void aNodeThatJoinedBeforeThereWereSecretsGetsThemAtItsStart() throws Exception {
    site.hub.neighborSecrets = List.of();
    SiteBed one = site.node("a");
    SiteBed other = site.node("b");
    site.hub.neighborSecrets = List.of(SiteNodes.SECRET);
    site.push(Keep.ON_DEMAND);
    site.start();
    Eventually.await(
        "both have keys",
        () -> site.nodes.stream().allMatch(n -> new SiteFolder(n.home).neighborTls().isPresent()));
    site.pull(site.resolver(one));
    site.awaitHere(one);
    int before = site.hub.sentLeaves.get();

    site.awaitAcquainted();
    site.pull(site.resolver(other));
    assertThat(site.hub.sentLeaves.get()).isEqualTo(before);
  }
}
