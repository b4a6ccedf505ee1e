package dev.longshore.app.settings;

import dev.longshore.settings.SettingsTable;

/** {@code docs/settings.md}: every setting of this version. */
public final class SettingsPage {
  private static final String HEAD =
      """
      # Settings

      <!-- Written by: ./longshore config table > docs/settings.md -->

      Every setting of `longshore.yaml`. [Configuration](configuration.md) has an example, and says
      how a setting is given by environment or flag.

      - *none*: may be left out. *required*: may not, where its section is there.
      - `name[]`: an entry of a list. `name.*`: the settings of a block stand beside the others.
      - *path of a file*: a secret, read from that file; its newline at the end is left out.

      """;

  private SettingsPage() {}

  /** The page, with a final newline. */
  public static String text() {
    return HEAD + SettingsTable.of(Settings.class);
  }
}
