package dev.longshore.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
  void knowsTheTimeOfRunningThreads() throws Exception {
    CountDownLatch hasWorked = new CountDownLatch(1);
    CountDownLatch measured = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              ThreadMXBean threads = ManagementFactory.getThreadMXBean();
              while (threads.getCurrentThreadCpuTime() < TimeUnit.MILLISECONDS.toNanos(50)) {
                Thread.onSpinWait();
              }
              hasWorked.countDown();
              while (measured.getCount() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
              }
            },
            "a (busy) thread of this test");
    thread.start();
    hasWorked.await();

    double seconds = ProcessTree.own().cpuSeconds("a (busy) thr");

    measured.countDown();
    assertThat(seconds).isGreaterThanOrEqualTo(0.03);
    assertThat(ProcessTree.own().cpuSeconds("no such thread")).isZero();
  }

  @Test
  void knowsThisProcess() throws Exception {
    long self = ProcessHandle.current().pid();

    assertThat(ProcessStat.of(self))
        .hasValueSatisfying(s -> assertThat(s.ownSeconds()).isPositive());
    assertThat(ProcessStat.peakResidentBytes(self)).isGreaterThan(1_000_000);
  }
}
