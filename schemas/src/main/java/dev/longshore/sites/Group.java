package dev.longshore.sites;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group of sites has in common beside its rules.
 *
 * @param name its name at the hub
 * @param bytesPerSecond most bytes a second over the line; none without a limit
 * @param windows hours in which what nobody asks for may be fetched, such as {@code 22:00-06:00};
 *     always if empty
 * @param zone time zone of the windows, such as {@code Europe/Berlin}
 * @param paused whether the site is to fetch nothing that nobody asks for
 * @param syncAt when somebody asked that the site try at once what waits: it does so once for each
 *     such time; none if nobody did lately
 * @param askedPercent of the line, how much what somebody asks for now has while images are fetched
 *     ahead, too; {@link #ASKED_PERCENT} if absent
 * @param repositories patterns of the repositories that its rules name, such as {@code
 *     docker.io/library/*}, so that a site can say what it misses of them; empty if the hub does
 *     not say
 */
public record Group(
    String name,
    @Nullable Long bytesPerSecond,
    List<String> windows,
    String zone,
    boolean paused,
    @Nullable Instant syncAt,
    @Nullable Integer askedPercent,
    List<String> repositories) {
  /** What hubs mean that do not say it. */
  public static final int ASKED_PERCENT = 80;

  public Group {
    windows = List.copyOf(windows);
    repositories = List.copyOf(repositories);
  }

  /** One whose hub does not say which repositories its rules name. */
  public Group(
      String name,
      @Nullable Long bytesPerSecond,
      List<String> windows,
      String zone,
      boolean paused,
      @Nullable Instant syncAt,
      @Nullable Integer askedPercent) {
    this(name, bytesPerSecond, windows, zone, paused, syncAt, askedPercent, List.of());
  }

  /** One of whose site nobody asked anything. */
  public Group(
      String name,
      @Nullable Long bytesPerSecond,
      List<String> windows,
      String zone,
      boolean paused) {
    this(name, bytesPerSecond, windows, zone, paused, null, null);
  }
}
