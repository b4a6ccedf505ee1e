package dev.longshore.app.cli;

import static dev.longshore.app.cli.PlanBed.ALL_COPIES;
import static dev.longshore.app.cli.PlanBed.GB;
import static dev.longshore.app.cli.PlanBed.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.backfill.PlanMemory;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.Fault;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan that was broken off goes on where it was. */
class PlanGoesOnTest {
  private static final List<String> REQUESTS =
      List.of("resolve", "manifest", "tags", "catalog", "referrers", "listedReferrers");

  /** Of two repositories, what the other one was just answered as the process died. */
  private static final int IN_FLIGHT = 1;

  @TempDir Path folder;
  private PlanBed bed;
  private Path file;
  private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

  /** The process is gone. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void open() throws Exception {
    file = folder.resolve("home/cli/plan-backfill");
    bed = new PlanBed(folder);
    bed.configure(ALL_COPIES);
    bed.room(100 * GB);
    bed.pushTwo();
    bed.images =
        (ImageSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ImageSource.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("within")) {
                    return InvocationHandler.invokeDefault(proxy, method, arguments);
                  }
                  if (REQUESTS.contains(method.getName()) && left.getAndDecrement() <= 0) {
                    throw new Killed();
                  }
                  try {
                    return method.invoke(bed.registry, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void asksNothingAgainThatItHadNotedWhereverItWasKilled() throws Exception {
    JsonNode whole = planned(0);
    int all = bed.registry.requests().size();
    assertThat(all).isGreaterThan(10);
    assertThat(file).as("a plan that is whole leaves nothing").isEmptyFile();

    for (int kill = 0; kill < all; kill++) {
      int before = bed.registry.requests().size();
      killAfter(kill);

      JsonNode after = planned(0);

      assertThat(after).as("killed at request %d", kill).isEqualTo(whole);
      int again = bed.registry.requests().size() - before - all;
      assertThat(again).as("asked again").isBetween(0, IN_FLIGHT);
      int known = kill - again;
      assertThat(bed.err()).contains(known == 0 ? "" : known + " answers of registries are known");
    }
  }

  @Test
  void killedAtEachRequestOneAfterAnotherItComesToItsEnd() throws Exception {
    JsonNode whole = planned(0);
    int all = bed.registry.requests().size();

    for (int kill = 0; kill < all - 1; kill++) {
      killAfter(1);
    }

    assertThat(planned(0)).isEqualTo(whole);
    assertThat(bed.registry.requests()).hasSizeBetween(2 * all, 2 * all + (all - 1) * IN_FLIGHT);
  }

  @Test
  void whatIsDamagedIsAskedAgain() throws Exception {
    JsonNode whole = planned(0);
    killAfter(9);
    byte[] good = Files.readAllBytes(file);

    for (int at = 0; at < good.length; at += 61) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(file, bad);
      assertThat(planned(0)).as("byte %d", at).isEqualTo(whole);

      Files.write(file, Arrays.copyOf(good, at));
      assertThat(planned(0)).as("cut at %d", at).isEqualTo(whole);
    }
  }

  @Test
  void otherSettingsAndAnotherDayBeginAnew() throws Exception {
    planned(0);
    int all = bed.registry.requests().size();
    killAfter(5);
    bed.configure("  - {match: \"**\", copies: 2}");
    assertThat(requestsOf(0)).isEqualTo(all);

    bed.configure(ALL_COPIES);
    killAfter(5);
    bed.clock.advance(Duration.ofHours(23));
    assertThat(requestsOf(0)).isEqualTo(all - 5);
    killAfter(5);
    bed.clock.advance(Duration.ofHours(24));
    assertThat(requestsOf(0)).isEqualTo(all);
  }

  @Test
  void whatCouldNotBeReadIsAllThatIsAskedAgain() throws Exception {
    bed.registry.faults().always("2", new Fault.Status(500));
    planned(3);
    bed.registry.faults().clear();

    JsonNode plan = planned(0);

    assertThat(plan.get("images").asLong()).isEqualTo(4);
    assertThat(bed.registry.requests().stream().filter(r -> r.startsWith("catalog"))).hasSize(1);
  }

  @Test
  void whileAnotherPlanHasTheFileItPlansWithoutOne() throws Exception {
    try (PlanMemory other = PlanMemory.open(file, "x", bed.clock, _ -> {})) {
      assertThat(planned(0).get("images").asLong()).isEqualTo(4);
      assertThat(bed.err()).contains("another plan has " + file);
      assertThat(other.size()).isZero();
    }
  }

  private void killAfter(int requests) {
    left.set(requests);
    assertThat(bed.run(HOST)).isNotZero();
    assertThat(left.get()).as("requests until it was killed").isNegative();
    left.set(Integer.MAX_VALUE);
  }

  private int requestsOf(int code) throws Exception {
    int before = bed.registry.requests().size();
    planned(code);
    return bed.registry.requests().size() - before;
  }

  /** The plan, without what tells how it came about. */
  private JsonNode planned(int code) throws Exception {
    JsonNode plan = bed.json(code, HOST);
    plan.get("registries")
        .forEach(one -> ((ObjectNode) one).remove(List.of("requestsOfThisPlan", "remembered")));
    return plan;
  }
}
