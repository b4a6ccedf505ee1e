package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void areFreeAndGivenOutOnce() throws Exception {
    Set<Integer> seen = new HashSet<>();
    for (int round = 0; round < 50; round++) {
      for (int port : FreePorts.find(3)) {
        assertThat(seen.add(port)).isTrue();
        try (ServerSocket own = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
          assertThat(own.isBound()).isTrue();
        }
      }
    }
  }

  /** Two JVMs that look for ports at once must not find the same before anybody listens. */
  @Test
  void areGivenOutOnceByAllProcesses() throws Exception {
    int first = FreePorts.find();

    assertThat(
            Command.of(
                    List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path")),
                        OtherProcess.class.getName(),
                        Integer.toString(first)))
                .run())
        .isEqualTo("false\n");
  }

  /** Says whether it may have the port. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] arguments) {
      System.out.println(FreePorts.claim(Integer.parseInt(arguments[0])));
    }
  }
}
