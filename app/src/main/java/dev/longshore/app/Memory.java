package dev.longshore.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory use of this process. */
public final class Memory {
  /** Of Linux (proc(5)); in units of 1024 bytes. */
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s*(\\d+) kB");

  private static final int KIBIBYTE = 1024;

  private Memory() {}

  /** Resident bytes; 0 if the system does not say. */
  public static long residentBytes() {
    try {
      Matcher line = RESIDENT.matcher(Files.readString(Path.of("/proc/self/status")));
      return line.find() ? Long.parseLong(line.group(1)) * KIBIBYTE : 0;
    } catch (IOException unknown) {
      return 0;
    }
  }
}
