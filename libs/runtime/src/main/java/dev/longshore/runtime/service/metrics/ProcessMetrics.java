package dev.longshore.runtime.service.metrics;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** Metrics of the process itself: heap, buffers outside it, time since its start. */
public final class ProcessMetrics {
  private static final AttributeKey<String> AREA = AttributeKey.stringKey("area");

  private ProcessMetrics() {}

  /** Adds the gauges to the meter; they live as long as the meter. */
  public static void register(Meter meter) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    meter
        .gaugeBuilder("process.memory")
        .setUnit("By")
        .setDescription(
            "Memory in use: heap, classes and code (nonheap), direct and mapped buffers")
        .ofLongs()
        .buildWithCallback(
            gauge -> {
              gauge.record(memory.getHeapMemoryUsage().getUsed(), area("heap"));
              gauge.record(memory.getNonHeapMemoryUsage().getUsed(), area("nonheap"));
              ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
                  .forEach(pool -> gauge.record(pool.getMemoryUsed(), area(pool.getName())));
            });
    meter
        .gaugeBuilder("process.uptime")
        .setUnit("s")
        .setDescription("Time since the start of the process")
        .buildWithCallback(
            gauge -> gauge.record(ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0));
  }

  private static Attributes area(String name) {
    return Attributes.of(AREA, name);
  }
}
