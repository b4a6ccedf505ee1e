package dev.longshore.resolver.hub.settings;

import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.sites.Group;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How sites of a group may use their line. */
public record SiteLineSettings(
    @Setting(doc = "most bytes a second, such as 1MB; no limit if absent")
        @Nullable ByteSize bytesPerSecond,
    @Setting(
            value = "[]",
            doc = "hours in which the site may fetch ahead, such as 22:00-06:00; always if empty")
        List<String> windows,
    @Setting(value = "UTC", doc = "time zone of the windows, such as Europe/Berlin") String zone,
    @Setting(value = "false", doc = "stop fetching ahead; images that somebody pulls still come")
        boolean paused,
    @Setting(
            value = "80",
            unit = "%",
            doc =
                "share of the line for images that somebody waits for, while others are"
                    + " fetched ahead; 100: fetching ahead waits")
        int askedPercent) {
  private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]";

  public SiteLineSettings {
    windows = List.copyOf(windows);
    if (bytesPerSecond != null && bytesPerSecond.bytes() == 0) {
      throw new IllegalArgumentException(
          "bytes-per-second: 0 (expected: more; paused: true fetches nothing)");
    }
    if (askedPercent < 1 || askedPercent > 100) {
      throw new IllegalArgumentException(
          "asked-percent: " + askedPercent + " (expected: 1 to 100)");
    }
    for (String window : windows) {
      if (!window.matches(TIME + "-" + TIME)) {
        throw new IllegalArgumentException(
            "windows: \"" + window + "\" (expected: from-to, such as 22:00-06:00)");
      }
    }
    try {
      var _ = ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "zone: \"" + zone + "\" (expected: a time zone such as Europe/Berlin)", e);
    }
  }

  /**
   * The line that sites of that group get.
   *
   * @param repositories patterns of those that its rules name; empty to say nothing
   */
  public Group of(String group, List<String> repositories) {
    return new Group(
        group,
        bytesPerSecond == null ? null : bytesPerSecond.bytes(),
        windows,
        zone,
        paused,
        null,
        askedPercent == Group.ASKED_PERCENT ? null : askedPercent,
        repositories);
  }
}
