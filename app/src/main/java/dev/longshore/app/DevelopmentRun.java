package dev.longshore.app;

import dev.longshore.app.parts.DevelopmentConfig;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.DevelopmentParts;
import dev.longshore.app.parts.HomeLock;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.PortClaim;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.app.sites.Arrival;
import dev.longshore.app.sites.DevelopmentSites;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Loaded;
import dev.longshore.settings.Secret;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/** Everything on one machine: the real parts and all four services, the latter in this process. */
public final class DevelopmentRun implements AutoCloseable {
  private final DevelopmentHome home;
  private final Ports ports;
  private final HomeLock lock;
  private final PortClaim claim;
  private final Loaded<Settings> loaded;
  private final Longshore longshore;
  private final List<Part> parts;
  private final Path ipfs;

  private DevelopmentRun(
      DevelopmentHome home,
      Ports ports,
      HomeLock lock,
      PortClaim claim,
      Loaded<Settings> loaded,
      Longshore longshore,
      List<Part> parts,
      Path ipfs) {
    this.ipfs = ipfs;
    this.home = home;
    this.ports = ports;
    this.lock = lock;
    this.claim = claim;
    this.loaded = loaded;
    this.longshore = longshore;
    this.parts = List.copyOf(parts);
  }

  /**
   * What a run has beyond one that is started to push and pull.
   *
   * @param sites so many sites join its hub; without any it is none
   * @param rules a section of rules as YAML, or nothing
   */
  public record More(int sites, String rules) {
    public static final More NOTHING = new More(0, "");
  }

  /**
   * Checks that the home and all ports are free, and wires the run without starting it.
   *
   * @param more sites and rules
   * @param set further settings, each {@code key=value}
   * @param onDeath receives a sentence when a part ends by itself
   * @param hide keeps secrets that the changed settings name out of the log
   */
  public static DevelopmentRun prepare(
      DevelopmentHome home,
      Ports ports,
      More more,
      List<String> set,
      Consumer<String> onDeath,
      Consumer<Collection<Secret>> hide,
      List<SpanProcessor> spans)
      throws PartFailedException, ConfigException, InterruptedException {
    HomeLock lock = HomeLock.take(home.folder(), "run");
    home.claim(ports);
    PortClaim claim = ports.claim(more.sites());
    Tools tools = new Tools(ConfigFile.root());
    DevelopmentParts development = new DevelopmentParts(home, ports, tools, onDeath);
    // Create the parts before reading the settings, which refer to files that the parts write.
    Part real = development.all();
    new DevelopmentConfig(home, ports, more.sites() > 0, more.rules()).write();
    List<String> flags = new ArrayList<>(set);
    flags.add("home=" + home.folder());
    ConfigSources sources = new ConfigSources(home.config(), ConfigFile.environment(), flags);
    Loaded<Settings> loaded = new ConfigLoader<>(Settings.class).load(sources);
    Longshore longshore =
        new Longshore(
            FollowedSettings.of(loaded.settings(), sources, hide),
            EnumSet.allOf(ServiceName.class),
            true,
            spans);
    List<Part> parts = new ArrayList<>();
    parts.add(real);
    parts.addAll(longshore.parts());
    return new DevelopmentRun(
        home, ports, lock, claim, loaded, longshore, parts, development.ipfs());
  }

  /**
   * Sites beside it, to be started after it.
   *
   * @param count as it was prepared for
   * @param listener hears what arrives at them
   */
  public DevelopmentSites sites(int count, Consumer<Arrival> listener) {
    return new DevelopmentSites(
        count, home, ports, settings(), longshore.catalog(), ipfs, listener);
  }

  /** The parts in starting order. */
  public List<Part> parts() {
    return parts;
  }

  public DevelopmentHome home() {
    return home;
  }

  public Ports ports() {
    return ports;
  }

  public Settings settings() {
    return loaded.settings();
  }

  /** Secrets to hide. */
  public List<Secret> secrets() {
    return loaded.secrets();
  }

  public Longshore longshore() {
    return longshore;
  }

  /** Releases the home. */
  @Override
  public void close() throws IOException {
    claim.close();
    lock.close();
  }
}
