package dev.longshore.app.cli;

import dev.longshore.app.mirror.ContainerRuntime;
import dev.longshore.app.mirror.MirroredRegistry;
import dev.longshore.app.mirror.Mirrors;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.RegistryHost;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.settings.value.Durations;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Selects a container runtime on a machine. */
final class MirrorOptions {
  @Option(
      names = "--runtime",
      required = true,
      paramLabel = "NAME",
      description = "one of ${COMPLETION-CANDIDATES}")
  ContainerRuntime runtime = ContainerRuntime.CONTAINERD;

  @Option(
      names = "--runtime-config",
      paramLabel = "FILE",
      description = "the runtime's settings, if they are not in the usual place")
  @Nullable String config;

  @Option(
      names = "--root",
      paramLabel = "FOLDER",
      defaultValue = "/",
      description =
          "root of the file system to change, such as that of an image being built, or of the host"
              + " as mounted in a container; default: ${DEFAULT-VALUE}")
  Path root = Path.of("/");

  @Option(names = "--dry-run", description = "only shows what would change")
  boolean dryRun;

  @Option(names = "--restart", description = "restarts or reloads the runtime if it needs that")
  boolean restart;

  Mirrors mirrors(boolean setConfigPath, Clock clock) {
    return new Mirrors(root, runtime, Optional.ofNullable(config), setConfigPath, clock);
  }

  boolean restart() throws CommandException {
    if (restart && root.toAbsolutePath().getNameCount() > 0) {
      throw new CommandException(
          ExitCode.USAGE, "--restart: not together with --root, which is another machine", null);
    }
    return restart;
  }

  static Duration time(String text) throws CommandException {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--dial-timeout: " + e.getMessage(), e);
    }
  }

  /** The registries of the settings, and the resolver's default one. */
  static List<MirroredRegistry> known(CommonOptions options) throws CommandException {
    Settings settings = options.settings();
    Map<String, MirroredRegistry> known = new LinkedHashMap<>();
    for (RegistrySettings registry : settings.shared().registries()) {
      RegistryHost host = new RegistryHost(registry.host());
      URI url = registry.url();
      known.put(
          host.value(), url == null ? MirroredRegistry.of(host) : MirroredRegistry.at(host, url));
    }
    Optional.ofNullable(settings.resolver())
        .map(ResolverConfig::defaultRegistry)
        .map(RegistryHost::new)
        .ifPresent(host -> known.putIfAbsent(host.value(), MirroredRegistry.of(host)));
    return List.copyOf(known.values());
  }
}
