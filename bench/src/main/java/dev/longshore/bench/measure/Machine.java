package dev.longshore.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the figures were taken on. */
public final class Machine {
  private static final double GIB = 1L << 30;

  private Machine() {}

  /** Processor, memory, system, Java and load, a line each. */
  public static List<String> describe() throws IOException {
    List<String> lines = new ArrayList<>();
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
    long memory =
        ProcessStat.statusBytes(Files.readAllLines(Path.of("/proc/meminfo")), "MemTotal:");
    lines.add(
        "machine    %d x %s, %.0f GiB"
            .formatted(Runtime.getRuntime().availableProcessors(), processor, memory / GIB));
    lines.add(
        "system     %s %s, Java %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.vm.version")));
    lines.add("load       " + load() + " (1, 5 and 15 minutes)");
    return lines;
  }

  /** Load averages as the kernel has them. */
  public static String load() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
    return fields[0] + " " + fields[1] + " " + fields[2];
  }
}
