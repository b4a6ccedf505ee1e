package dev.longshore.app.settings;

import dev.longshore.settings.SettingsTable;

/** {@code docs/settings.md}: every setting of this version. */
public final class SettingsPage {
  private static final String HEAD =
      """
      # Settings

      <!-- Written by: ./longshore config table > docs/settings.md -->

      Every setting of `longshore.yaml`. [Configuration](configuration.md) has an example, and says
      how to give a setting in the environment or by a flag.

      - Default *none*: you may leave it out. *required*: you may not, if you use its section.
      - `name[]`: an entry of a list. `name.*`: all settings of a [block](#blocks), at this place.
      - *path of a file*: a file that holds a secret; a newline at its end is ignored.

      """;

  private SettingsPage() {}

  /** The page, with a final newline. */
  public static String text() {
    return HEAD + SettingsTable.of(Settings.class);
  }
}
