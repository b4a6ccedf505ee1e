package dev.longshore.app.settings;

import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Loaded;
import dev.longshore.settings.Problem;
import dev.longshore.settings.Secret;
import dev.longshore.settings.ValueOrigin;
import dev.longshore.settings.WatchedFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a process. Peers, rules and groups of sites follow the file; other changes take
 * effect after a restart, which the log and {@code status} ask for. A file with a problem is
 * refused whole.
 */
public final class FollowedSettings implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedSettings.class);

  private final Settings started;
  private final @Nullable ConfigSources sources;
  private final Consumer<Collection<Secret>> hide;
  private final CurrentSettings current;
  private final Supplier<Settings> now;
  private volatile List<SiteGroupSettings> siteGroups;
  private volatile Staleness staleness = Staleness.NONE;
  private @Nullable WatchedFiles watched;

  /**
   * In what the running settings are older than their file.
   *
   * @param refused why the file is not used; null if it is
   * @param waiting settings that changed and count after a restart
   */
  public record Staleness(@Nullable String refused, List<String> waiting) {
    public static final Staleness NONE = new Staleness(null, List.of());

    public Staleness {
      waiting = List.copyOf(waiting);
    }
  }

  private FollowedSettings(
      Settings started, @Nullable ConfigSources sources, Consumer<Collection<Secret>> hide) {
    this.started = started;
    this.sources = sources;
    this.hide = hide;
    this.siteGroups = groups(started);
    this.current = CurrentSettings.of(started.shared());
    this.now = current.made(this::with);
  }

  /** Settings that stay as they are. */
  public static FollowedSettings fixed(Settings settings) {
    return new FollowedSettings(settings, null, _ -> {});
  }

  /**
   * Settings that follow the file they come from, once this part is started.
   *
   * @param hide keeps secrets that a changed file names out of the log
   */
  public static FollowedSettings of(
      Settings settings, ConfigSources sources, Consumer<Collection<Secret>> hide) {
    return new FollowedSettings(settings, sources, hide);
  }

  private Settings with(PeersAndRules counts) {
    SharedSettings shared = started.shared();
    return new Settings(
        new SharedSettings(
            shared.home(),
            shared.instance(),
            shared.installation(),
            shared.kafka(),
            shared.registries(),
            counts.peers(),
            counts.ruleSettings(),
            shared.telemetry(),
            shared.health()),
        started.containerd(),
        started.watcher(),
        started.converter(),
        started.pinner(),
        started.resolver(),
        started.ops(),
        started.sites(),
        started.site());
  }

  /** The settings as they were read at the start. */
  public Settings started() {
    return started;
  }

  /** The settings that count now. */
  public Settings now() {
    return now.get();
  }

  /** The peers and rules that count now. */
  public CurrentSettings current() {
    return current;
  }

  /** The groups of sites that count now; none where this is no hub. */
  public List<SiteGroupSettings> siteGroups() {
    return siteGroups;
  }

  private static List<SiteGroupSettings> groups(Settings settings) {
    SitesSettings sites = settings.sites();
    return sites == null ? List.of() : sites.groups();
  }

  /** In what they are older than their file. */
  public Staleness staleness() {
    return staleness;
  }

  @Override
  public String name() {
    return "settings";
  }

  @Override
  public void start() throws RefusedSettingsException {
    ConfigSources from = sources;
    Path file = from == null ? null : from.file();
    if (from != null && file != null) {
      watched = WatchedFiles.watchSettled("settings", file, () -> read(file, from));
    }
  }

  @Override
  public void stop(Duration drain) {
    if (watched != null) {
      watched.end();
    }
  }

  /** Looks at the file now. */
  void look() {
    if (watched != null) {
      watched.look();
    }
  }

  private WatchedFiles.Reading<RefusedSettingsException> read(Path file, ConfigSources from)
      throws RefusedSettingsException {
    try {
      Loaded<Settings> loaded = new ConfigLoader<>(Settings.class).load(from);
      hide.accept(loaded.secrets());
      return () -> use(file, loaded);
    } catch (ConfigException e) {
      throw refused(
          e.problems().stream().map(Problem::toString).collect(Collectors.joining("; ")), e);
    } catch (RuntimeException | Error e) { // Whatever a parser met: who asks must hear of it.
      throw refused(file + ": " + e, e);
    }
  }

  private void use(Path file, Loaded<Settings> loaded) throws RefusedSettingsException {
    try {
      PeersAndRules counts = PeersAndRules.of(loaded.settings().shared());
      if (!counts.isSameAs(current.now())) {
        requireContent(loaded, counts);
        current.replace(counts);
      }
      if (started.sites() != null) {
        siteGroups = groups(loaded.settings());
      }
      tell(SettingsChange.between(started, loaded.settings()));
    } catch (RuntimeException e) { // What a service cannot make of them, it could not start with.
      throw refused(file + ": " + e.getMessage(), e);
    } catch (Error e) {
      throw refused(file + ": " + e, e);
    }
  }

  /** A file that was cut off, or not filled yet, would end the rules that protect repositories. */
  private void requireContent(Loaded<Settings> loaded, PeersAndRules counts) {
    if (loaded.origins().values().stream().noneMatch(ValueOrigin.File.class::isInstance)) {
      throw new IllegalArgumentException(
          "has no setting (expected: the settings; to run without any, restart)");
    }
    if (counts.peers().isEmpty() && !current.now().peers().isEmpty()) {
      throw new IllegalArgumentException(
          "peers: none is left (expected: at least one; to run without any, restart)");
    }
  }

  private void tell(List<String> waiting) {
    if (!waiting.isEmpty() && !waiting.equals(staleness.waiting())) {
      LOG.warn(
          "settings: these changed and count after a restart of this process: {}",
          String.join(", ", waiting));
    }
    staleness = new Staleness(null, waiting);
  }

  private RefusedSettingsException refused(String why, Throwable cause) {
    staleness = new Staleness(why, staleness.waiting());
    return new RefusedSettingsException(why, cause);
  }

  /** A changed file is not used; the message says where it is wrong and what is expected. */
  static final class RefusedSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedSettingsException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
