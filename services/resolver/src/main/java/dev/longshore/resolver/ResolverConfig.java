package dev.longshore.resolver;

import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.ByteSize;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Listen;
import dev.longshore.settings.Setting;
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
    @Setting(doc = "the resolver's own Kubo node, which fetches what it lacks from its peers")
        PeerSettings kubo,
    @Setting(
            doc =
                "repository of that node if it is on this machine, such as /data/ipfs: what the"
                    + " node holds is then read from its files, which is faster; must be readable"
                    + " here")
        @Nullable Path kuboRepository,
    @Setting(doc = "registry of names that come without one, such as docker.io")
        @Nullable String defaultRegistry,
    @Setting(value = "true", doc = "serve ipfs/<CID> of images that Longshore never wrote, too")
        boolean serveForeignRoots,
    @Setting(doc = "folder of verified blobs; resolver/cache in home if absent")
        @Nullable Path cacheDir,
    @Setting(value = "4GiB", doc = "bytes of verified blobs on disk; 0 keeps none")
        ByteSize cacheSize,
    @Setting(value = "20s", doc = "longest time without a byte or block before a fetch is given up")
        Duration noProgress,
    @Setting(
            value = "16",
            unit = "blobs",
            doc =
                "blobs fetched at the same time, at most three quarters of them for one caller;"
                    + " more wait for their turn")
        int maxConcurrentPulls,
    @Setting(
            value = "false",
            doc =
                "pin images on the own node once they were pulled, so that they outlast its garbage"
                    + " collection")
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

  ListenerSettings registryListener() {
    return new ListenerSettings(listen, access);
  }

  ListenerSettings grpcListener() {
    return new ListenerSettings(grpcListen, access);
  }

  /** Of the own node, where they can be read. */
  @Nullable FlatfsFiles files() {
    Path repository = kuboRepository;
    return repository == null ? null : new FlatfsFiles(repository);
  }

  /** For the first byte: an image is looked into, then a blob waits for its turn and its bytes. */
  Duration answerWithin() {
    return noProgress.multipliedBy(4);
  }

  Optional<RegistryHost> defaultHost() {
    return Optional.ofNullable(defaultRegistry).map(RegistryHost::new);
  }
}
