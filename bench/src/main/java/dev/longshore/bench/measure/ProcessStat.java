package dev.longshore.bench.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Linux counts of one process: proc(5), {@code /proc/PID/stat} and {@code /proc/PID/status}.
 *
 * @param ownSeconds user and system time of the process itself
 * @param reapedSeconds the same of its children that have ended and were waited for
 */
record ProcessStat(double ownSeconds, double reapedSeconds) {
  /** USER_HZ, 100 on every architecture that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  /** Fields after the command's closing bracket, counted from 0: utime is proc(5)'s field 14. */
  private static final int UTIME = 11;

  private static final int FIELDS = 4;
  private static final long KIB = 1024;

  /** None when the process is gone. */
  static Optional<ProcessStat> of(long pid) {
    try {
      return Optional.of(parse(Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1)));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /**
   * User and system time of those of its threads that live, and whose names begin so.
   *
   * @param name at most 15 characters, as Linux keeps no more
   */
  static double threadSeconds(long pid, String name) {
    try (Stream<Path> threads = Files.list(file(pid, "task"))) {
      return threads
          .map(thread -> thread.resolve("stat"))
          .flatMap(stat -> thread(stat, name).stream())
          .mapToDouble(ProcessStat::ownSeconds)
          .sum();
    } catch (IOException gone) {
      return 0;
    }
  }

  private static Optional<ProcessStat> thread(Path file, String name) {
    try {
      String stat = Files.readString(file, StandardCharsets.ISO_8859_1);
      boolean wanted = stat.startsWith(name, stat.indexOf('(') + 1);
      return wanted ? Optional.of(parse(stat)) : Optional.empty();
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  static ProcessStat parse(String stat) {
    // The command may hold spaces and brackets of its own.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double[] seconds = new double[FIELDS];
    for (int i = 0; i < FIELDS; i++) {
      seconds[i] = Long.parseLong(fields[UTIME + i]) / TICKS_PER_SECOND;
    }
    return new ProcessStat(seconds[0] + seconds[1], seconds[2] + seconds[3]);
  }

  /** Bytes that the process has resident. */
  static long residentBytes(long pid) throws IOException {
    return statusBytes(Files.readAllLines(file(pid, "status")), "VmRSS:");
  }

  /** Most bytes that the process ever had resident. */
  static long peakResidentBytes(long pid) throws IOException {
    return statusBytes(Files.readAllLines(file(pid, "status")), "VmHWM:");
  }

  static long statusBytes(List<String> status, String field) throws IOException {
    return status.stream()
        .filter(line -> line.startsWith(field))
        .findFirst()
        .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
        .orElseThrow(() -> new IOException("no " + field + " in the process's status"));
  }

  private static Path file(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
