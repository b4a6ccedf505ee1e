package dev.longshore.app.sites;

import dev.longshore.app.SiteProcess;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.Ports.SitePorts;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.model.SiteName;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A site of a development run, as {@code service site} runs one, in this process. */
final class DevelopmentSite implements Part {
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private final DevelopmentHome home;
  private final SitePorts ports;
  private @Nullable Lifecycle running;

  DevelopmentSite(DevelopmentHome home, SitePorts ports) {
    this.home = home;
    this.ports = ports;
  }

  Path home() {
    return home.folder();
  }

  Path config() {
    return home.config();
  }

  SitePorts ports() {
    return ports;
  }

  SiteName site() {
    return new SiteName(name());
  }

  @Override
  public String name() {
    return String.valueOf(home.folder().getFileName());
  }

  OwnKubo kubo(Path ipfs) {
    return OwnKubo.of(
        home.folder(), ipfs, KuboPorts.loopback(ports.kuboRpc(), ports.kuboGateway(), 0));
  }

  /** Once it has joined. */
  @Override
  public void start() throws Exception {
    // Not those of the run's environment, which are of the hub.
    ConfigSources sources = new ConfigSources(config(), Map.of(), List.of());
    Loaded<Settings> loaded = new ConfigLoader<>(Settings.class).load(sources);
    Lifecycle lifecycle =
        new Lifecycle(
            new SiteProcess(FollowedSettings.of(loaded.settings(), sources, _ -> {})).parts(),
            DRAIN);
    lifecycle.start();
    running = lifecycle;
  }

  @Override
  public void stop(Duration drain) throws Exception {
    Lifecycle last = running;
    if (last != null) {
      running = null;
      last.stop();
    }
  }
}
