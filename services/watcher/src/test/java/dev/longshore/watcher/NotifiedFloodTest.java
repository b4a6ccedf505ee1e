package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline pushes thousands of tags to one repository, and the registry is slow for it. */
@Timeout(120)
class NotifiedFloodTest {
  private static final String CI = "team/ci";

  /** Its notifications lie behind those in one partition. */
  private static final String OTHER =
      IntStream.iterate(0, n -> n + 1)
          .mapToObj(n -> "team/other" + n)
          .filter(name -> KeyPartitions.of("dev/" + name) == KeyPartitions.of("dev/" + CI))
          .findFirst()
          .orElseThrow();

  @TempDir Path folder;
  private final CountDownLatch gate = new CountDownLatch(1);
  private PolledHub hub;

  @BeforeEach
  void prepare() throws Exception {
    hub = new PolledHub(folder, "[\"another/**\"]");
  }

  @AfterEach
  void close() throws Exception {
    gate.countDown();
    hub.close();
  }

  @Test
  void anotherRepositoryDoesNotWaitForItsLooks() {
    Descriptor image = hub.push(CI, "ci-0", 1);
    hub.registry.faults().next("ci-0", new Fault.Held(gate));
    for (int i = 0; i < 2_000; i++) {
      hub.registry.tag(PolledHub.name(CI), "ci-" + i, image.digest());
      hub.notified(CI, "ci-" + i, image);
    }
    hub.start();
    Eventually.await(
        "its first look",
        () -> hub.registry.requests().stream().anyMatch(request -> request.endsWith(":ci-0")));

    hub.notified(OTHER, "v1", hub.push(OTHER, "v1", 2));

    hub.awaitObserved(OTHER + ":v1");
    assertThat(hub.hasObserved(CI + ":ci-0")).as("its first look has not ended").isFalse();

    gate.countDown();
    hub.awaitObserved(CI + ":ci-1999");
  }
}
