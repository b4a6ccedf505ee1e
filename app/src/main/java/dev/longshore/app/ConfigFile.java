package dev.longshore.app;

import dev.longshore.app.parts.DevelopmentHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which settings a process starts from when nobody names a file. */
public final class ConfigFile {
  private static final String PREFIX = "LONGSHORE_";
  private static final String HOME = PREFIX + "HOME";

  /** Variables of the launcher and of deploy/tools, which are no settings. */
  private static final String OTHERS = PREFIX + "(JAVA_OPTS|CACHE)";

  private ConfigFile() {}

  /** The root of the checkout, as the launcher says; the working directory without a launcher. */
  public static Path root() {
    return Path.of(System.getProperty("longshore.root", "")).toAbsolutePath();
  }

  /** The home of the development run: {@code LONGSHORE_HOME}, else {@code .longshore}. */
  public static DevelopmentHome home() {
    String home = System.getenv(HOME);
    return new DevelopmentHome(
        home == null || home.isEmpty() ? root().resolve(".longshore") : Path.of(home));
  }

  /** Settings that the last development run of this home was started with. */
  public static Optional<Path> ofDevelopmentRun() {
    return Optional.of(home().config()).filter(Files::exists);
  }

  /** The variables that are settings. */
  public static Map<String, String> environment() {
    Map<String, String> settings = new TreeMap<>(System.getenv());
    settings.keySet().removeIf(name -> !name.startsWith(PREFIX) || name.matches(OTHERS));
    return settings;
  }
}
