package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.parts.Ports;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void noTwoSetsShareAPort() {
    assertThat(
            FreePorts.all().stream().flatMap(ports -> ports.wanted(Ports.SITES).keySet().stream()))
        .hasSizeGreaterThan(FreePorts.all().size())
        .doesNotHaveDuplicates();
  }
}
