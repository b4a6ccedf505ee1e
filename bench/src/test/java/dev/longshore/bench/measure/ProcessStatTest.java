package dev.longshore.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessStatTest {
  @Test
  void readsTimesBehindACommandWithSpacesAndBrackets() {
    ProcessStat stat =
        ProcessStat.parse(
            "42 (a ) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 1 0 100 0 0");

    assertThat(stat).isEqualTo(new ProcessStat(2.0, 0.5));
  }

  @Test
  void readsPeakMemoryInBytes() throws Exception {
    assertThat(ProcessStat.statusBytes(List.of("Name:\tx", "VmHWM:\t  2048 kB"), "VmHWM:"))
        .isEqualTo(2_097_152);
    assertThatThrownBy(() -> ProcessStat.statusBytes(List.of("Name:\tx"), "VmHWM:"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("VmHWM:");
  }

  @Test
  void knowsThisProcess() throws Exception {
    long self = ProcessHandle.current().pid();

    assertThat(ProcessStat.of(self))
        .hasValueSatisfying(s -> assertThat(s.ownSeconds()).isPositive());
    assertThat(ProcessStat.peakResidentBytes(self)).isGreaterThan(1_000_000);
  }

  @Test
  void countsTheTimeOfItsThreadsByName() throws Exception {
    CountDownLatch counted = new CountDownLatch(1);
    long self = ProcessHandle.current().pid();
    Thread busy =
        Thread.ofPlatform()
            .name("counted here")
            .start(
                () -> {
                  while (ProcessStat.threadSeconds(self, "counted") == 0) {
                    Thread.onSpinWait();
                  }
                  counted.countDown();
                });

    assertThat(counted.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ProcessStat.threadSeconds(self, "nobody has this")).isZero();
    busy.join();
  }
}
