package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on a site's disk, and what nothing holds or nothing wants. */
class LeftInPartTest {
  private static final int LAYER = 1_600_000;

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private RunningResolver resolver;
  private MirroredImage image;

  @BeforeEach
  void name() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image, Keep.ON_DEMAND, 0, null);
    start();
  }

  private MirroredImage image(long seed) throws Exception {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(1, LAYER)), hub.centre);
  }

  private void start() throws Exception {
    site.start();
    Eventually.await(
        "it follows",
        () -> {
          hub.poke();
          return site.service().source().problem().isEmpty();
        });
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
  }

  @AfterEach
  void end() throws Exception {
    resolver.close();
    hub.close();
    site.close();
  }

  private int pull() throws Exception {
    return resolver.get("/v2/" + SiteBed.REPOSITORY + "/manifests/1.0").statusCode();
  }

  @Test
  void anImageThatDoesNotFitLeavesTheDiskToTheOthers() throws Exception {
    int before = site.own.storedBlocks().size();
    site.measured =
        () ->
            new Disk.Space(
                site.own.storedBlocks().size() > before + 8 ? 19L << 30 : 90L << 30, 100L << 30);
    assertThat(pull()).isEqualTo(200);
    site.awaitReport("it does not fit", r -> site.own.storedBlocks().size() > before + 8);

    MirroredImage kept = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "kept", kept);

    site.awaitShown("kept", kept);
    assertThat(site.pinned(image)).isFalse();
  }

  @Test
  void anImageThatWasPinnedWhenAKillCameGoesAsOthers() throws Exception {
    assertThat(pull()).isEqualTo(200);
    Eventually.await("it is here whole", () -> site.pinned(image));
    site.awaitReport("of it", r -> r.onDemand() != null && r.onDemand().images() == 1);
    resolver.close();
    site.stop();
    asBeforeItsPinWasNoted();

    start();
    site.awaitShown("1.0", image);
    hub.now = hub.now.plus(KeptDags.EVICT_AFTER).plusSeconds(60);

    Eventually.await(
        "it goes",
        () -> {
          hub.poke();
          return !site.pinned(image);
        });
  }

  private void asBeforeItsPinWasNoted() throws Exception {
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
        Statement statement = store.createStatement()) {
      statement.execute("UPDATE dags SET present = 0, unwanted_since = NULL");
    }
  }

  @Test
  void whatComesWhileTheNodeListsItsPinsIsHere() throws Exception {
    CountDownLatch listed = new CountDownLatch(1);
    CountDownLatch come = new CountDownLatch(1);
    resolver.close();
    site.stop();
    site.start(listingSlowly(listed, come));
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
    assertThat(listed.await(30, TimeUnit.SECONDS)).isTrue();

    assertThat(pull()).isEqualTo(200);
    Eventually.await("it is here whole", () -> site.pinned(image));
    Eventually.await("that is noted", () -> present() == 1);
    come.countDown();

    MirroredImage kept = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "kept", kept);
    site.awaitShown("kept", kept);
    assertThat(present()).isEqualTo(1);
  }

  private int present() {
    try (Connection store =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
        Statement statement = store.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT present FROM dags WHERE dag = '" + image.dag() + "'")) {
      return row.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** A node that has listed its pins long before the answer is read. */
  private IpfsNode listingSlowly(CountDownLatch listed, CountDownLatch come) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              try {
                Object result = method.invoke(site.own, arguments);
                if (method.getName().equals("pins")) {
                  listed.countDown();
                  come.await();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
