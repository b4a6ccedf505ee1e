package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.parts.Ports;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void noOtherSetHasAPortOfOneThatWasFound() {
    Ports found = FreePorts.find();

    assertThat(FreePorts.claim(found)).isFalse();
    // Where this one's registry listens, that one's site has its resolver.
    Ports crossing = new Ports(found.registry() - new Ports(0).site(1).resolver());
    assertThat(FreePorts.claim(crossing)).isFalse();
  }
}
