package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void areThoseOfTheDesignAndMoveTogether() {
    Ports ports = new Ports(0);
    assertThat(ports.registry()).isEqualTo(5055);
    assertThat(ports.resolver()).isEqualTo(5050);
    assertThat(ports.webhooks()).isEqualTo(5052);
    assertThat(ports.kafka()).isEqualTo(9092);
    assertThat(ports.kuboRpc(1)).isEqualTo(5102);
    assertThat(ports.kuboGateway(1)).isEqualTo(8182);
    assertThat(ports.kuboSwarm(1)).isEqualTo(4102);
    assertThat(new Ports(1000).kuboRpc(3)).isEqualTo(6104);
  }

  @Test
  void refuseAnOffsetThatLeavesNoRoom() {
    assertThatThrownBy(() -> new Ports(60_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("60000")
        .hasMessageContaining("expected");
  }

  @Test
  void areOfOneOfTwoRunsThatBeginAtOnce() throws Exception {
    Ports ports = FreePorts.find();
    try (PortClaim _ = ports.claim(1)) {
      ports.checkFree();

      assertThatThrownBy(() -> ports.claim(0))
          .isInstanceOf(PartFailedException.class)
          .hasMessageContaining("is taken: another run that begins")
          .hasMessageContaining("--port-offset");
      // Another one has its own.
      new Ports(ports.offset() + 200).claim(0).close();
    }
    ports.claim(1).close();
  }

  @Test
  void nameTheOneThatIsTakenAndWhatToDo() throws Exception {
    Ports ports = FreePorts.find();
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.resolver()));

      assertThatThrownBy(ports::checkFree)
          .isInstanceOf(PartFailedException.class)
          .hasMessageContaining("port " + ports.resolver() + " (resolver) is taken")
          .hasMessageContaining("--port-offset");
    }
  }
}
