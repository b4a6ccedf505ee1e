package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Loaded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command. */
final class CommonOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "settings file; default: the file that LONGSHORE_CONFIG names, else the settings of the"
              + " development run in LONGSHORE_HOME")
  @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "one setting, such as kafka.topic-prefix=dev.; overrides file and environment")
  List<String> set = new ArrayList<>();

  @Option(names = "--json", description = "prints results as JSON")
  boolean json;

  @Option(names = "--debug", description = "prints stack traces with errors, and logs more")
  boolean debug;

  /** Where settings come from. */
  ConfigSources sources() {
    return ConfigFile.sources(config, set);
  }

  /** Those of a program that stays. */
  FollowedSettings followed() throws CommandException {
    return FollowedSettings.of(settings(), sources(), Logs::hideToo);
  }

  Settings settings() throws CommandException {
    return loaded().settings();
  }

  /** The settings, and the files of their secrets. */
  Loaded<Settings> loaded() throws CommandException {
    try {
      Loaded<Settings> loaded = new ConfigLoader<>(Settings.class).load(sources());
      Logs.hide(loaded.secrets());
      return loaded;
    } catch (ConfigException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }
}
