package dev.longshore.resolver.site;

import dev.longshore.resolver.site.hub.HubAddress;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The section of {@code service site}; the rest is in home's {@code site} folder. */
public record SiteSettings(
    @Setting(
            value = "[]",
            doc =
                "addresses of the hubs, such as https://hub.example.com:5050; if one is away,"
                    + " the node asks the next. The hub of the join if empty")
        List<URI> hubs,
    @Setting(doc = "serve nothing if the hub's last answer is older; no limit if absent")
        @Nullable Duration maxAge,
    @Setting(
            doc =
                "ipfs program to run as this node's Kubo on resolver.kubo-repository, at the"
                    + " loopback ports of resolver.kubo; site join sets it. Absent if that Kubo"
                    + " runs by itself")
        @Nullable Path kuboProgram,
    @Setting(
            value = "4MiB",
            unit = "bytes a second",
            doc =
                "how fast this node reads and hashes what it holds, at most once a day; 0:"
                    + " not at all")
        ByteSize scrubRate,
    @Setting(
            doc =
                "other nodes of the site, with which this one shares the line; none where it is the"
                    + " only one")
        @Nullable NeighborSettings neighbors) {
  /** Kubelet begins to delete images at 15 % free, so blocks must end before. */
  public static final int LEAST_FREE_PERCENT = 20;

  public SiteSettings {
    hubs = hubs.stream().map(HubAddress::checked).toList();
    if (maxAge != null && !maxAge.isPositive()) {
      throw new IllegalArgumentException("max-age: " + maxAge + " (expected: above 0)");
    }
  }
}
