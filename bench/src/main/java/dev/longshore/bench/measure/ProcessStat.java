package dev.longshore.bench.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  static ProcessStat parse(String stat) {
    // The command may hold spaces and brackets of its own.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double[] seconds = new double[FIELDS];
    for (int i = 0; i < FIELDS; i++) {
      seconds[i] = Long.parseLong(fields[UTIME + i]) / TICKS_PER_SECOND;
    }
    return new ProcessStat(seconds[0] + seconds[1], seconds[2] + seconds[3]);
  }

  /** One thread. */
  record OfThread(String name, double seconds) {}

  /** The running threads of a process. */
  static List<OfThread> threads(long pid) throws IOException {
    List<OfThread> threads = new ArrayList<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(file(pid, "task"))) {
      for (Path task : tasks) {
        thread(task).ifPresent(threads::add);
      }
    }
    return threads;
  }

  private static Optional<OfThread> thread(Path task) {
    try {
      String stat = Files.readString(task.resolve("stat"), StandardCharsets.ISO_8859_1);
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return Optional.of(new OfThread(name, parse(stat).ownSeconds()));
    } catch (IOException gone) {
      return Optional.empty();
    }
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
