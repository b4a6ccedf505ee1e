package dev.longshore.resolver.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;

/** A resolver over a real Kubo of its own, with far ones that hold the images. */
public final class RealEdge implements AutoCloseable {
  private final Path home;
  private final KuboClient own;
  private final KuboClient[] far;
  private Catalog catalog;
  private States states;
  private RunningResolver resolver;

  /** Starts the resolver; its node is connected to none of the others yet. */
  public RealEdge(Path home, KuboDaemon own, KuboDaemon... far) throws Exception {
    this.home = home;
    this.own = own.client();
    this.far = Arrays.stream(far).map(KuboDaemon::client).toArray(KuboClient[]::new);
    open();
  }

  private void open() throws Exception {
    catalog = Catalog.open(home.resolve("catalog.db"), Clock.systemUTC());
    states = new States(catalog);
    resolver = new RunningResolver(home, catalog, own, null, false);
  }

  /** Stops the resolver and starts it again over what it left on disk. */
  public void restart() throws Exception {
    close();
    open();
  }

  /** Writes the image to each of the far nodes, pins it there and tells the catalog of it. */
  public MirroredImage mirror(RandomImage image, String... tags) throws IOException {
    MirroredImage mirrored = null;
    for (KuboClient node : far) {
      mirrored = MirroredImage.write(image, node);
    }
    states.converted(mirrored, "plain");
    states.pinnedOn(mirrored, far);
    for (String tag : tags) {
      states.tag(Edge.REPOSITORY, tag, image.rootDigest());
    }
    return mirrored;
  }

  public States states() {
    return states;
  }

  public RunningResolver resolver() {
    return resolver;
  }

  /** {@code host:port/registry/repository} as clients name it. */
  public String repository() {
    return resolver.registry() + "/" + Edge.REPOSITORY;
  }

  @Override
  public void close() throws Exception {
    resolver.close();
    catalog.close();
  }
}
