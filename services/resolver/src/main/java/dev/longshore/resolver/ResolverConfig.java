package dev.longshore.resolver;

import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The resolver's section. */
public record ResolverConfig(
    @Setting(value = "127.0.0.1:5050", doc = "where the registry and /v1/resolve listen")
        Listen listen,
    @Setting(value = "127.0.0.1:5051", doc = "where gRPC listens") Listen grpcListen,
    @Inline AccessSettings access,
    @Setting(doc = "the site's Kubo node, which fetches missing blocks from its peers")
        PeerSettings kubo,
    @Setting(
            doc =
                "repository of that node if it is on this machine, such as /data/ipfs: its blocks"
                    + " are then read from files, which is faster; must be readable here")
        @Nullable Path kuboRepository,
    @Setting(doc = "registry of names without one, such as docker.io")
        @Nullable String defaultRegistry,
    @Setting(value = "true", doc = "also serve ipfs/<CID> of images that Longshore never wrote")
        boolean serveForeignRoots,
    @Setting(doc = "folder of verified blobs; resolver/cache in home if absent")
        @Nullable Path cacheDir,
    @Setting(
            value = "4GiB",
            doc = "bytes of verified blobs on disk; 0 keeps none, as does a site, whatever is set")
        ByteSize cacheSize,
    @Setting(value = "20s", doc = "longest time without a byte or block before a fetch fails")
        Duration noProgress,
    @Setting(
            value = "16",
            unit = "blobs",
            doc =
                "blobs fetched concurrently, at most three quarters of them for one caller; more"
                    + " wait for their turn")
        int maxConcurrentPulls,
    @Setting(
            value = "false",
            doc =
                "pin pulled images on the site's node, so that they survive its garbage collection")
        boolean keep) {

  public ResolverConfig {
    if (maxConcurrentPulls < 1) {
      throw new IllegalArgumentException(
          "max-concurrent-pulls: " + maxConcurrentPulls + " (expected: 1 or more)");
    }
    if (!noProgress.isPositive()) {
      throw new IllegalArgumentException("no-progress: " + noProgress + " (expected: above 0)");
    }
    try {
      Optional.ofNullable(defaultRegistry).ifPresent(RegistryHost::new);
    } catch (OciFormatException e) {
      throw new IllegalArgumentException("default-registry: " + e.getMessage(), e);
    }
    access.requireClosed(listen);
    access.requireClosed(grpcListen);
  }

  /** The same without a cache: the node has all that is served. */
  public ResolverConfig withoutCache() {
    return new ResolverConfig(
        listen,
        grpcListen,
        access,
        kubo,
        kuboRepository,
        defaultRegistry,
        serveForeignRoots,
        cacheDir,
        new ByteSize(0),
        noProgress,
        maxConcurrentPulls,
        keep);
  }

  ListenerSettings registryListener() {
    return new ListenerSettings(listen, access);
  }

  ListenerSettings grpcListener() {
    return new ListenerSettings(grpcListen, access);
  }

  /** The node's files, if they can be read. */
  @Nullable FlatfsFiles files() {
    Path repository = kuboRepository;
    return repository == null ? null : new FlatfsFiles(repository);
  }

  /**
   * Time to the first byte: reading an image's manifests, then waiting for a turn and for the
   * bytes.
   */
  Duration answerWithin() {
    return noProgress.multipliedBy(4);
  }

  Optional<RegistryHost> defaultHost() {
    return Optional.ofNullable(defaultRegistry).map(RegistryHost::new);
  }
}
