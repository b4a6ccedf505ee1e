package dev.longshore.app.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The threads of Linux that virtual ones need to go on: those that carry them, and the one that
 * takes them up again when a monitor is free. The JVM counts such a virtual thread nowhere between
 * the moment at which the monitor is free and the turn of that thread, which may take long on a
 * busy machine; Linux has that thread as awake from that moment on.
 */
final class Carriers {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** Linux keeps 15 characters of a name; the other one is VirtualThread-unblocker. */
  private static final Pattern NAMES = Pattern.compile("ForkJoinPool-1-|VirtualThread-u");

  private static final Pattern SLEEPS =
      Pattern.compile("\nState:\tS.*?\nvoluntary_ctxt_switches:\t(\\d+)", Pattern.DOTALL);

  private Carriers() {}

  /**
   * How often each of them went to sleep until now; none if one is awake. Where two looks find the
   * same, no one was awake between the two.
   */
  static Optional<Map<Path, String>> asleep() {
    Map<Path, String> sleeps = new HashMap<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        // Linux takes three times as long to tell the status, and most threads are others.
        if (NAMES.matcher(read(task, "comm")).lookingAt()) {
          Matcher status = SLEEPS.matcher(read(task, "status"));
          if (!status.find()) {
            return Optional.empty();
          }
          sleeps.put(task, status.group(1));
        }
      }
    } catch (IOException e) { // one of the threads has just ended
      return Optional.empty();
    }
    return Optional.of(sleeps);
  }

  private static String read(Path task, String file) throws IOException {
    return Files.readString(task.resolve(file), StandardCharsets.ISO_8859_1);
  }
}
