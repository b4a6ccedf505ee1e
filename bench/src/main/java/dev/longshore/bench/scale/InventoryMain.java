package dev.longshore.bench.scale;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.Settings;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.catalog.Catalog;
import dev.longshore.pinner.PinnerService;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.settings.ConfigLoader;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * A pinner's inventory in a process of its own, over a store that is there: takes some one after
 * another and prints a line for each: wall and CPU seconds, images that it asked for, and the most
 * bytes that it had resident so far.
 */
final class InventoryMain {
  private InventoryMain() {}

  /**
   * Takes them.
   *
   * @param arguments the settings file, the store, how many
   */
  public static void main(String[] arguments) throws Exception {
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(ConfigFile.sources(Path.of(arguments[0]), List.of()))
            .settings();
    Clock clock = Clock.systemUTC();
    try (Catalog catalog = Catalog.open(Path.of(arguments[1]), clock);
        TimerAlarms alarms = new TimerAlarms()) {
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        Endpoints endpoints = new Endpoints(clock, alarms, RandomGenerator.getDefault());
        // A new one has all to look at.
        PinnerService pinner =
            new PinnerService(
                new ServiceContext(
                    settings.shared(),
                    catalog,
                    endpoints,
                    OpenTelemetry.noop(),
                    AuditSink.NONE,
                    clock),
                settings.pinner(),
                KuboNodes::open,
                Executors::newVirtualThreadPerTaskExecutor,
                RandomGenerator.getDefault());
        AtomicInteger asked = new AtomicInteger();
        Stopwatch watch = Stopwatch.start(ProcessTree.own());
        pinner.repairOnce(key -> asked.incrementAndGet() > 0);
        Sample sample = watch.sample(1);
        System.out.printf(
            Locale.ROOT,
            "%.3f %.2f %d %d%n",
            sample.seconds(),
            sample.cpuSeconds(),
            asked.get(),
            ProcessTree.own().peakResidentBytes());
      }
    }
  }
}
