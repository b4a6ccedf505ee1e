package dev.longshore.app.cli;

import dev.longshore.app.query.http.NotAnsweredException;
import dev.longshore.app.query.http.QueryClient;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.Settings;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.Loaded;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A question to a service, in a JVM with only the jars it needs: opening the others and parsing the
 * declared options takes longer than the answer. What it cannot do, from an unknown option to a
 * service that is away, the launcher leaves to the command itself, in a JVM with all jars.
 */
public final class FewJars {
  /** Ends a command that has printed nothing; the launcher knows it. */
  static final int AGAIN = 75;

  private FewJars() {}

  /** Whether this JVM has few jars. */
  public static boolean given() {
    return "few".equals(System.getProperty("longshore.jars"));
  }

  /** Whether a JVM with few jars has already asked without an answer. */
  static boolean didNotDo() {
    return "all".equals(System.getProperty("longshore.jars"));
  }

  /**
   * What was typed.
   *
   * @param query {@code resolve}, {@code status}, {@code why} or {@code history}
   * @param image the image in question; all if null
   * @param config the settings file; the default one if null
   */
  record Line(
      String query,
      @Nullable String image,
      @Nullable Path config,
      List<String> set,
      boolean json,
      boolean debug) {
    /** Parses the arguments; empty if they are not in the simplest form. */
    static Optional<Line> read(List<String> typed) {
      String image = null;
      Path config = null;
      List<String> set = new ArrayList<>();
      boolean json = false;
      boolean debug = false;
      for (int i = 1; i < typed.size(); i++) {
        String next = typed.get(i);
        String value = i + 1 < typed.size() ? typed.get(i + 1) : "";
        switch (next) {
          case "--json" -> json = true;
          case "--debug" -> debug = true;
          case "--config", "-c" -> {
            if (!isPlain(value) || config != null) {
              return Optional.empty();
            }
            config = Path.of(value);
            i++;
          }
          case "--set" -> {
            if (!isPlain(value)) {
              return Optional.empty();
            }
            set.add(value);
            i++;
          }
          default -> {
            if (!isPlain(next) || image != null) {
              return Optional.empty();
            }
            image = next;
          }
        }
      }
      return image == null && !typed.getFirst().equals("status")
          ? Optional.empty()
          : Optional.of(new Line(typed.getFirst(), image, config, set, json, debug));
    }

    /** Neither an option nor an argument file. */
    private static boolean isPlain(String word) {
      return !word.isEmpty() && !word.startsWith("-") && !word.startsWith("@");
    }
  }

  /** Asks, and returns the exit code. */
  public static int run(String[] typed, PrintStream out, PrintStream err) {
    Line line = Line.read(List.of(typed)).orElse(null);
    if (line == null) {
      return AGAIN;
    }
    Terminal terminal = new Terminal(out, err, false);
    Logs.ofShortCommand(err, line.debug());
    try {
      Loaded<Settings> loaded =
          new ConfigLoader<>(Settings.class).load(ConfigFile.sources(line.config(), line.set()));
      Logs.hide(loaded.secrets());
      return terminal.answer(
          new QueryClient(loaded.settings().shared()).ask(line.query(), line.image(), line.json()));
    } catch (ConfigException e) {
      return AGAIN;
    } catch (NotAnsweredException e) {
      if (line.debug()) {
        terminal.done(Asking.reads(e));
      }
      return AGAIN;
    }
  }
}
