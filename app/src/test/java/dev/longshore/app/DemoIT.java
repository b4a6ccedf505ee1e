package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.parts.Ports;
import dev.longshore.runtime.testing.Eventually;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir Path folder;

  @Test
  void showsOnePushFromRegistryToPeersAndBackTwiceInARow() throws Exception {
    Ports ports = FreePorts.find();
    for (int round = 0; round < 2; round++) {
      try (LongshoreProcess demo =
          LongshoreProcess.start(
              folder.resolve("home"), "demo", "--port-offset", String.valueOf(ports.offset()))) {
        demo.awaitOutput("time line", LIMIT);
        List<ProcessHandle> children = demo.children();
        Ended ended = demo.await(LIMIT);

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(timeLine(ended))
            .containsSubsequence(
                "hinted", "observed", "converted", "pinned 1", "pinned 2", "pinned 3", "pulled")
            .contains("resolvable");
        assertThat(ended.out()).contains("byte for byte").contains("./longshore up");
        assertThat(children).noneMatch(ProcessHandle::isAlive);
      }
    }
    ports.checkFree();
  }

  @Test
  void endsEverythingWhenItIsToldToEndHalfway() throws Exception {
    Ports ports = FreePorts.find();
    try (LongshoreProcess demo =
        LongshoreProcess.start(
            folder.resolve("home"), "demo", "--port-offset", String.valueOf(ports.offset()))) {
      demo.awaitErrors("pushing ", LIMIT);
      List<ProcessHandle> children = demo.children();
      assertThat(children).isNotEmpty();
      demo.terminate();
      Ended ended = demo.await(LIMIT);

      assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
      assertThat(ended.err()).contains("ended before it was done").doesNotContain("\tat ");
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
              folder.resolve("home"),
              LIMIT,
              "demo",
              "--port-offset",
              String.valueOf(ports.offset()));

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

  private static String timeLine(Ended ended) {
    return ended.lines().stream().filter(l -> l.startsWith("time line")).findFirst().orElseThrow();
  }
}
