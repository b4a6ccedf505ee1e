package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.Report;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A site that somebody pulls from, and its hub. */
final class PulledSite implements AutoCloseable {
  private static final int LAYER = 1_600_000;
  private static final Duration CALL = Duration.ofSeconds(10);

  final HubTwin hub = new HubTwin();
  final SiteBed site;
  private final Path home;
  private @Nullable RunningResolver resolver;

  PulledSite(Path home) throws IOException {
    this.home = home;
    this.site = SiteBed.joined(home, hub);
  }

  /** One with a layer of seven leaves. */
  MirroredImage image(long seed) throws IOException {
    return image(seed, LAYER);
  }

  MirroredImage image(long seed, int layer) throws IOException {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(1, layer)), hub.centre);
  }

  /** The tag shows it from now on, and nobody brings it who is not asked. */
  NameChange offer(String tag, MirroredImage pushed) {
    return hub.push(SiteBed.REPOSITORY, tag, pushed, Keep.ON_DEMAND, 0, null);
  }

  /** Starts, and has heard of the hub. */
  void start() throws Exception {
    site.start();
    Eventually.await("it follows", this::follows);
    serve();
  }

  private boolean follows() {
    hub.poke();
    return site.service().source().problem().isEmpty();
  }

  /** Somebody can pull. */
  void serve() throws Exception {
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
  }

  void stop() throws Exception {
    RunningResolver open = resolver;
    resolver = null;
    if (open != null) {
      open.close();
    }
    site.stop();
  }

  RunningResolver resolver() {
    RunningResolver open = resolver;
    if (open == null) {
      throw new IllegalStateException("nobody can pull");
    }
    return open;
  }

  static String manifest(Object reference) {
    return "/v2/" + SiteBed.REPOSITORY + "/manifests/" + reference;
  }

  static String blob(String digest) {
    return "/v2/" + SiteBed.REPOSITORY + "/blobs/" + digest;
  }

  static Map.Entry<String, byte[]> layer(MirroredImage of) {
    return of.image().blobs().entrySet().stream()
        .max(Comparator.comparingInt(each -> each.getValue().length))
        .orElseThrow();
  }

  void pull(Object reference, MirroredImage expected) throws Exception {
    assertThat(resolver().get(manifest(reference)).body())
        .isEqualTo(expected.image().root().body());
    for (Map.Entry<String, byte[]> each : expected.image().blobs().entrySet()) {
      assertThat(resolver().get(blob(each.getKey())).body()).isEqualTo(each.getValue());
    }
  }

  void awaitHere(MirroredImage which) {
    Eventually.await("it is here whole", () -> site.pinned(which));
  }

  long leafRequests(MirroredImage of) {
    return hub.requests.stream()
        .filter(r -> r.contains(of.dag().toString()) && r.contains("/leaves"))
        .count();
  }

  /** Whether the site's node has the right bytes of a block. */
  static boolean isWhole(SiteBed site, Cid cid) {
    try {
      return site.own.block(cid, Reach.LOCAL, Deadline.after(CALL)).size() > 0;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Whether it says that a block of an image rotted. */
  static boolean saysThatOneRotted(Report report) {
    return report.exceptions().stream()
        .anyMatch(
            each ->
                each.name().equals("the site's disk")
                    && each.reason() == AbsenceReason.FAILED
                    && each.error() != null
                    && each.error().contains("1 blocks of 1 images"));
  }

  @Override
  public void close() throws Exception {
    hub.released.countDown();
    stop();
    hub.close();
    site.close();
  }
}
