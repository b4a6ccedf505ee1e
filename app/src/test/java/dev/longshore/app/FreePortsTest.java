package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.parts.Ports;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void noTwoSetsShareAPort() {
    List<Ports> sets = new ArrayList<>(FreePorts.find(3));
    sets.addAll(FreePorts.find(2));
    sets.add(FreePorts.find());

    assertThat(sets.stream().flatMap(ports -> ports.wanted(Ports.SITES).keySet().stream()))
        .hasSizeGreaterThan(sets.size())
        .doesNotHaveDuplicates();
  }
}
