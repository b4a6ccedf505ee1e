package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.FreePorts;
import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.parts.Ports;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.SharedTurn;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Demos in a home of their own, next to the run of the other tests. With {@code
 * -Dlongshore.demo.whole=true}, as at night, they push the image that people see. Else they leave
 * its largest files out, since a hundred megabytes take most of a test's time, and the commit's
 * number says whether they go on to two sites.
 */
class DemoIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static final boolean WHOLE = Boolean.getBoolean("longshore.demo.whole");

  /** The next part takes as long as all others together. */
  private static final boolean WITH_SITES = WHOLE || SharedTurn.isOneOf(3);

  /** An image has more bytes. */
  private static final long MANY = WHOLE ? 100_000_000 : 10_000_000;

  /** Two jars that were built again, and the lists of what is in the layers, are smaller. */
  private static final long CHANGE = 3_700_000;

  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir Path folder;

  @Test
  void showsOnePushFromRegistryToPeersAndBackAndThenTwoVersionsAtSites() throws Exception {
    Ports ports = FreePorts.find();
    String offset = String.valueOf(ports.offset());
    Path home = folder.resolve("home");
    try (LongshoreProcess demo = LongshoreProcess.start(home, demo("--port-offset", offset))) {
      demo.awaitOutput("time line", LIMIT);
      List<ProcessHandle> children = demo.children();
      Ended ended = demo.await(LIMIT);

      assertThat(ended.exitCode()).as(ended.err()).isZero();
      // A poll may come before the notification: then nothing was hinted.
      assertThat(timeLine(ended))
          .containsSubsequence(
              "observed", "converted", "pinned 1", "pinned 2", "pinned 3", "pulled")
          .contains("resolvable");
      assertThat(ended.out()).contains("byte for byte").contains("./longshore up");
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
    if (WITH_SITES) {
      withTwoSites(home, offset);
    }
    ports.checkFree(Ports.SITES);
    anotherRunGoesOn();
  }

  /** Its comparison of what it pulled at a site is the demo's own: it ends with 1 otherwise. */
  private static void withTwoSites(Path home, String offset) throws Exception {
    try (LongshoreProcess demo =
        LongshoreProcess.start(home, demo("--site", "--json", "--port-offset", offset))) {
      demo.awaitErrors("pushing ", LIMIT);
      List<ProcessHandle> children = demo.children();
      Ended ended = demo.await(LIMIT);

      assertThat(ended.exitCode()).as(ended.err()).isZero();
      assertThat(ended.err())
          .containsSubsequence("site-1, site-2", ":v1 at site-", ":v2 at site-", "are ended");
      JsonNode told = new ObjectMapper().readTree(ended.out());
      assertThat(told.get("sites").asInt()).isEqualTo(2);
      long image = told.at("/second/bytes").asLong();
      assertThat(image).isGreaterThan(MANY);
      assertThat(told.at("/first/lineBytes").asLong()).isGreaterThan(image / 2);
      assertThat(told.at("/second/lineBytes").asLong()).isBetween(CHANGE / 10, CHANGE);
      assertThat(told.get("bytesCompared").asLong()).isGreaterThan(image);
      assertThat(children).hasSizeGreaterThanOrEqualTo(7).noneMatch(ProcessHandle::isAlive);
    }
  }

  private static void anotherRunGoesOn() throws Exception {
    DevelopmentCluster cluster = CLUSTER.get();
    RepositoryName name = cluster.name("team/beside-demos");
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(name, "v1", RandomImage.of(73));
    cluster.push(source, name, "v1");
    cluster.awaitTag(name.repository(), "v1");
    cluster.runWell("resolve", name + ":v1");
  }

  @Test
  void endsEverythingWhenItIsToldToEndHalfway() throws Exception {
    Ports ports = FreePorts.find();
    try (LongshoreProcess demo =
        LongshoreProcess.start(
            folder.resolve("home"), demo("--port-offset", String.valueOf(ports.offset())))) {
      demo.awaitErrors("pushing ", LIMIT);
      List<ProcessHandle> children = demo.children();
      assertThat(children).isNotEmpty();
      demo.terminate();
      Ended ended = demo.await(LIMIT);

      assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
      assertThat(ended.err()).contains("stopped before its end").doesNotContain("\tat ");
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
    // A program that was just being started is ended by the system as its parent ends.
    Eventually.await("every port is free again", () -> FreePorts.areFree(ports));
  }

  @Test
  void namesAPortThatIsTakenAndHowToChangeIt() throws Exception {
    Ports ports = FreePorts.find();
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.registry()));

      Ended ended =
          LongshoreProcess.run(
              folder.resolve("home"), LIMIT, demo("--port-offset", String.valueOf(ports.offset())));

      assertThat(ended.exitCode()).isEqualTo(1);
      assertThat(ended.err())
          .contains("port " + ports.registry() + " (registry) is taken")
          .contains("--port-offset")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void refusesAnImageThatIsNone() throws Exception {
    Ended ended =
        LongshoreProcess.run(
            folder.resolve("home"),
            LIMIT,
            "demo",
            folder.toString(),
            "--port-offset",
            String.valueOf(FreePorts.find().offset()));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err())
        .contains("oci-layout")
        .doesNotContain("\tat ")
        // Nothing is started for an image that is none.
        .doesNotContain("starting Kafka");
  }

  private static String[] demo(String... arguments) {
    List<String> line = new ArrayList<>(List.of("demo"));
    if (!WHOLE) {
      line.addAll(List.of("--largest-file", "500000"));
    }
    line.addAll(List.of(arguments));
    return line.toArray(String[]::new);
  }

  private static String timeLine(Ended ended) {
    return ended.lines().stream().filter(l -> l.startsWith("time line")).findFirst().orElseThrow();
  }
}
