package dev.longshore.app.settings;

import dev.longshore.converter.ConverterSettings;
import dev.longshore.pinner.PinnerSettings;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.resolver.site.SiteSettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.watcher.ContainerdSettings;
import dev.longshore.watcher.WatcherSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything in {@code longshore.yaml}. */
public record Settings(
    @Inline SharedSettings shared,
    @Setting(value = "[]", doc = "containerds whose images to mirror")
        List<ContainerdSettings> containerd,
    @Setting(value = "{}", doc = "watcher: learns of pushes") WatcherSettings watcher,
    @Setting(value = "{}", doc = "converter: writes images to the ingest peer")
        ConverterSettings converter,
    @Setting(value = "{}", doc = "pinner: brings images to their copies") PinnerSettings pinner,
    @Setting(doc = "resolver: serves images; required where one runs")
        @Nullable ResolverConfig resolver,
    @Setting(value = "{}", doc = "the operations page") OpsSettings ops,
    @Setting(doc = "sites: makes a resolver a hub; docs/sites.md") @Nullable SitesSettings sites,
    @Setting(
            value = "{}",
            doc = "site: a node of a site, which follows a hub and serves what it holds")
        SiteSettings site) {
  public Settings {
    containerd = List.copyOf(containerd);
    if (sites != null && resolver != null) {
      requireReachable(resolver.access());
    }
  }

  private static void requireReachable(AccessSettings access) {
    ServerTlsSettings tls = access.tls();
    if (tls != null && tls.clientCaFile() != null) {
      throw new IllegalArgumentException(
          "sites: cannot be served where resolver.tls.client-ca-file asks callers for certificates:"
              + " a site has a credential (expected: tokens-file for the other callers, or a"
              + " resolver for sites alone)");
    }
  }

  /**
   * The resolver's settings.
   *
   * @throws IllegalArgumentException when there are none
   */
  public ResolverConfig neededResolver() {
    if (resolver == null) {
      throw new IllegalArgumentException(
          "resolver: no settings (expected: at least its own Kubo node under kubo)");
    }
    return resolver;
  }
}
