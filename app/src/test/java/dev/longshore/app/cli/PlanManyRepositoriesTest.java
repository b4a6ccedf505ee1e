package dev.longshore.app.cli;

import static dev.longshore.app.cli.PlanBed.ALL_COPIES;
import static dev.longshore.app.cli.PlanBed.BASE;
import static dev.longshore.app.cli.PlanBed.GB;
import static dev.longshore.app.cli.PlanBed.layer;
import static dev.longshore.app.cli.PlanBed.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.oci.source.ImageSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many repositories with a tag or two each: what bounds a plan of them is how many requests the
 * registry allows, not how long each takes.
 */
@Timeout(120)
class PlanManyRepositoriesTest {
  private static final int REPOSITORIES = 60;

  /** Requests of a kind that a budget of 50 a second needs under way, at 160 ms each. */
  private static final int AT_ONCE = 8;

  private static final int MOST = 64;

  @TempDir Path folder;
  private PlanBed bed;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private final Map<String, Integer> sent = new ConcurrentHashMap<>();

  /** No request of a kind is answered before so many of it are under way. */
  private final Map<String, CountDownLatch> gates =
      Map.of(
          "tags", new CountDownLatch(AT_ONCE),
          "resolve", new CountDownLatch(AT_ONCE),
          "listedReferrers", new CountDownLatch(AT_ONCE),
          "manifest", new CountDownLatch(AT_ONCE));

  @BeforeEach
  void open() throws Exception {
    bed = new PlanBed(folder);
    bed.configure(ALL_COPIES);
    bed.room(10_000 * GB);
    for (int i = 0; i < REPOSITORIES; i++) {
      String own = manifest("c" + i, BASE, layer("l" + i, GB));
      bed.push("team/app" + i, "1", own);
      // Of an image in two neighbours the manifests are read once.
      bed.push("team/app" + (i + 1), "neighbor", own);
    }
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void theyAreAskedAboutTogetherAndCountedAsOneAfterAnother() throws Exception {
    JsonNode alone = bed.json(0, "--rate", "100MB");
    bed.images = observed(bed.registry);

    JsonNode together = bed.json(0, "--rate", "100MB");

    assertThat(together).isEqualTo(alone);
    assertThat(together.get("images").asInt()).isEqualTo(2 * REPOSITORIES);
    assertThat(sent).containsEntry("manifest", REPOSITORIES);
    assertThat(sent).containsEntry("resolve", 2 * REPOSITORIES);
    assertThat(mostUnderWay.get()).isBetween(AT_ONCE, MOST);
  }

  private ImageSource observed(ImageSource source) {
    return (ImageSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ImageSource.class},
            (_, method, arguments) -> {
              if (method.getName().equals("within")) {
                return observed((ImageSource) method.invoke(source, arguments));
              }
              mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              try {
                pass(method.getName());
                return method.invoke(source, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                underWay.decrementAndGet();
              }
            });
  }

  private void pass(String kind) throws InterruptedException {
    sent.merge(kind, 1, Integer::sum);
    CountDownLatch gate = gates.get(kind);
    if (gate != null) {
      gate.countDown();
      assertThat(gate.await(30, TimeUnit.SECONDS)).as(kind + " of several at once").isTrue();
    }
  }
}
