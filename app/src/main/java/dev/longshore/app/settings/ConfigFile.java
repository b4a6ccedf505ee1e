package dev.longshore.app.settings;

import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.settings.ConfigSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds a process's settings if no file is named. */
public final class ConfigFile {
  private static final String PREFIX = "LONGSHORE_";
  private static final String HOME = PREFIX + "HOME";
  private static final String FILE = PREFIX + "CONFIG";

  /** Variables of the launcher and of deploy, which are not settings. */
  private static final String OTHERS = PREFIX + "(CONFIG|JAVA_OPTS|CACHE)";

  private ConfigFile() {}

  /** The root of the checkout, from the launcher; without one, the working directory. */
  public static Path root() {
    return Path.of(System.getProperty("longshore.root", "")).toAbsolutePath();
  }

  /** The home of the development run: {@code LONGSHORE_HOME}, else {@code .longshore}. */
  public static DevelopmentHome home() {
    String home = System.getenv(HOME);
    return new DevelopmentHome(
        home == null || home.isEmpty() ? root().resolve(".longshore") : Path.of(home));
  }

  /**
   * The file in {@code LONGSHORE_CONFIG}, else the settings of this home's last development run.
   */
  public static Optional<Path> unasked() {
    String named = System.getenv(FILE);
    return named == null || named.isEmpty()
        ? Optional.of(home().config()).filter(Files::exists)
        : Optional.of(Path.of(named));
  }

  /**
   * Where the settings of a command come from.
   *
   * @param named the named file; {@link #unasked} if null
   * @param set each {@code key=value}
   */
  public static ConfigSources sources(@Nullable Path named, List<String> set) {
    return new ConfigSources(named != null ? named : unasked().orElse(null), environment(), set);
  }

  /** The variables that are settings. */
  public static Map<String, String> environment() {
    Map<String, String> settings = new TreeMap<>(System.getenv());
    settings.keySet().removeIf(name -> !name.startsWith(PREFIX) || name.matches(OTHERS));
    return settings;
  }
}
