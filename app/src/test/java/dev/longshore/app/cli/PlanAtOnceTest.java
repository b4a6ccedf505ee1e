package dev.longshore.app.cli;

import static dev.longshore.app.cli.PlanBed.ALL_COPIES;
import static dev.longshore.app.cli.PlanBed.GB;
import static dev.longshore.app.cli.PlanBed.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.Fault;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plan asks a registry for several images at once. */
@Timeout(60)
class PlanAtOnceTest {
  private static final int AT_ONCE = 16;

  @TempDir Path folder;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private Set<String> meets = Set.of("resolve", "manifest");
  private PlanBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new PlanBed(folder);
    bed.configure(ALL_COPIES);
    bed.room(100_000 * GB);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void asksForSixteenNamesAndTheirManifestsAtOnceAndForNoMore() throws Exception {
    push(2 * AT_ONCE);
    meeting(new CyclicBarrier(AT_ONCE));

    JsonNode plan = bed.json(0, HOST);

    assertThat(plan.get("images").asInt()).isEqualTo(2 * AT_ONCE);
    assertThat(plan.get("digests").asInt()).isEqualTo(2 * AT_ONCE);
    assertThat(most).hasValue(AT_ONCE);
  }

  @Test
  void asksForReferrersAtOnceToo() throws Exception {
    push(1 + AT_ONCE);
    meets = Set.of("listedReferrers");
    CyclicBarrier all = new CyclicBarrier(AT_ONCE);
    meeting(all, 1);

    assertThat(bed.json(0, HOST).get("images").asInt()).isEqualTo(1 + AT_ONCE);
    assertThat(most).as("after the first, which tells whether there are any").hasValue(AT_ONCE);
  }

  @Test
  void imagesThatAreNamedTwiceAreReadOnce() throws Exception {
    String image = PlanBed.manifest("c", PlanBed.layer("one", GB));
    for (int i = 0; i < AT_ONCE; i++) {
      bed.push("team/app", "t" + i, image);
    }

    assertThat(bed.json(0, HOST).get("digests").asInt()).isEqualTo(1);
    assertThat(bed.registry.requests()).filteredOn(r -> r.startsWith("manifest ")).hasSize(1);
  }

  @Test
  void aRefusalThatAllOfThemMeetIsOnePause() throws Exception {
    push(AT_ONCE);
    for (int i = 0; i < AT_ONCE; i++) {
      bed.registry
          .faults()
          .next("t" + i, new Fault.Status(429, Optional.of(Duration.ofSeconds(30))));
    }
    CyclicBarrier all = new CyclicBarrier(AT_ONCE);
    meeting(all);

    assertThat(bed.json(0, HOST).get("images").asInt()).isEqualTo(AT_ONCE);
    assertThat(bed.pauses).hasSize(1);
  }

  private void push(int images) {
    for (int i = 0; i < images; i++) {
      bed.push("team/app", "t" + i, PlanBed.manifest("c" + i, PlanBed.layer("layer" + i, GB)));
    }
  }

  /** A registry that answers as soon as so many of the same requests have come. */
  private void meeting(CyclicBarrier all) {
    meeting(all, 0);
  }

  /**
   * The same.
   *
   * @param alone the first so many are answered at once
   */
  private void meeting(CyclicBarrier all, int alone) {
    AtomicInteger came = new AtomicInteger();
    bed.images =
        (ImageSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ImageSource.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("within")) {
                    return InvocationHandler.invokeDefault(proxy, method, arguments);
                  }
                  boolean meets =
                      this.meets.contains(method.getName()) && came.incrementAndGet() > alone;
                  if (meets) {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    all.await(30, TimeUnit.SECONDS);
                  }
                  try {
                    return method.invoke(bed.registry, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  } finally {
                    if (meets) {
                      underWay.decrementAndGet();
                    }
                  }
                });
  }
}
