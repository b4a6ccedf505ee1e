package dev.longshore.app.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the heap of a service is enough for what the settings let it do, and the machine has it.
 * The doctor runs in a JVM of its own, so it goes by what the service's would be told.
 *
 * @param options of the service's JVM: LONGSHORE_JAVA_OPTS
 * @param memory bytes of the machine, or of the container
 * @param concurrency blobs that the converter reads at once; 0 where none runs
 * @param lazy whether a rule asks for eStargz or zstd:chunked
 */
record HeapCheck(String options, long memory, int concurrency, boolean lazy) implements Check {
  private static final Pattern HEAP = Pattern.compile("-Xmx(\\d{1,12})([kKmMgG]?)");
  private static final long MEBIBYTE = 1L << 20;

  /** What one process took beside its heap, direct buffers among it, in docs/knowledge/speed.md. */
  private static final long BESIDES = 200 * MEBIBYTE;

  /** The services at rest; docs/operations.md has the slopes. */
  private static final long AT_REST = 96 * MEBIBYTE;

  /** For a blob under way: its chunks and its block. */
  private static final long A_BLOB = 2 * MEBIBYTE;

  /** With which a layer of 950,000 files was written. */
  private static final long LAZY = 256 * MEBIBYTE;

  /** The launcher's own -Xmx, where nobody sets one. */
  private static final String USUAL = "-Xmx256m";

  static HeapCheck of(Map<String, String> environment, int concurrency, boolean lazy) {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new HeapCheck(
        environment.getOrDefault("LONGSHORE_JAVA_OPTS", USUAL),
        machine.getTotalMemorySize(),
        concurrency,
        lazy);
  }

  @Override
  public String part() {
    return "memory";
  }

  @Override
  public void look(Findings findings) {
    long heap = heap().orElse(memory / 2);
    String tried = "compare a heap of " + text(heap) + " with the settings and the machine";
    long needed = Math.max(AT_REST + concurrency * A_BLOB, lazy ? LAZY : 0);
    if (heap + BESIDES > memory) {
      findings.wrong(
          tried,
          "with the %s that a process takes besides it is more than the machine's %s"
              .formatted(text(BESIDES), text(memory)),
          "set a lower -Xmx in LONGSHORE_JAVA_OPTS, or give the machine or container more");
    } else if (heap < needed) {
      findings.warning(
          tried,
          "converter.concurrency and the modes of the rules may need " + text(needed),
          "set -Xmx%dm in LONGSHORE_JAVA_OPTS".formatted(needed / MEBIBYTE));
    } else {
      findings.fine(tried, "enough; the machine has " + text(memory));
    }
  }

  /** None where it is a share of the machine's memory, which is the half. */
  private Optional<Long> heap() {
    Matcher option = HEAP.matcher(options);
    if (!option.find()) {
      return Optional.empty();
    }
    long unit =
        switch (option.group(2).toLowerCase(Locale.ROOT)) {
          case "k" -> 1L << 10;
          case "m" -> MEBIBYTE;
          case "g" -> 1L << 30;
          default -> 1;
        };
    return Optional.of(Long.parseLong(option.group(1)) * unit);
  }

  private static String text(long bytes) {
    return bytes / MEBIBYTE + " MiB";
  }
}
