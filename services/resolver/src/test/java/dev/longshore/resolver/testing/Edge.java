package dev.longshore.resolver.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RegistryHost;
import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.Images;
import dev.longshore.resolver.image.InMemoryMembers;
import dev.longshore.resolver.image.Listing;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.image.Referrals;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.name.Names;
import dev.longshore.rules.RuleSettings;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An edge site in memory: its own node, a far one that images are written to, a catalog, and the
 * resolver's parts over them.
 */
public final class Edge implements AutoCloseable {
  /** The repository that images are tagged in. */
  public static final String REPOSITORY = "registry.test/app";

  private static final long CACHE = 64L << 20;

  public final ManualClock clock = new ManualClock(States.AT);
  public final InMemoryIpfsNode far;
  public final InMemoryIpfsNode own;
  public final Catalog catalog = Catalog.inMemory(clock);
  public final States states = new States(catalog);
  public final CountingMeter meter = new CountingMeter();
  public final VerifiedContents contents;
  public final Images images;
  public final Listing listing;
  public final Resolve resolve;
  public final Referrals referrals;
  public final Names names = new Names(Optional.of(new RegistryHost("registry.test")));

  /** An edge that has nothing yet. */
  public static Edge empty(Path folder) throws IOException {
    return with(folder, new InMemoryMembers());
  }

  /** An edge that has nothing yet but this table. */
  public static Edge with(Path folder, MemberTable members) throws IOException {
    InMemorySwarm swarm = new InMemorySwarm();
    return new Edge(folder, swarm.node("far"), swarm.node("own"), members, true);
  }

  /** An edge that has nothing yet but these rules. */
  public static Edge ruled(Path folder, List<RuleSettings> rules) throws IOException {
    InMemorySwarm swarm = new InMemorySwarm();
    return new Edge(
        folder, swarm.node("far"), swarm.node("own"), new InMemoryMembers(), true, rules);
  }

  /** An edge of these parts. */
  public Edge(
      Path folder,
      InMemoryIpfsNode far,
      InMemoryIpfsNode own,
      MemberTable members,
      boolean foreignRoots)
      throws IOException {
    this(folder, far, own, members, foreignRoots, List.of());
  }

  private Edge(
      Path folder,
      InMemoryIpfsNode far,
      InMemoryIpfsNode own,
      MemberTable members,
      boolean foreignRoots,
      List<RuleSettings> rules)
      throws IOException {
    this.listing = new Listing(catalog, rules);
    this.far = far;
    this.own = own;
    this.contents =
        new VerifiedContents(
            own, new BlobCache(folder, CACHE, clock), 16, Duration.ofSeconds(20), meter, clock);
    this.images = new Images(members, contents, clock);
    this.resolve = new Resolve(listing, images, OnDemand.NONE, foreignRoots);
    this.referrals = new Referrals(listing, images);
  }

  /** Writes a small image of that seed to the far node and tells the catalog of it. */
  public MirroredImage mirror(long seed) throws IOException {
    return mirror(RandomImage.of(seed));
  }

  /** Writes the image to the far node and tells the catalog of it; it has no name yet. */
  public MirroredImage mirror(RandomImage image) throws IOException {
    MirroredImage mirrored = MirroredImage.write(image, far);
    states.converted(mirrored, "plain");
    states.pinned(mirrored, "far");
    return mirrored;
  }

  @Override
  public void close() {
    images.close();
    contents.close();
    catalog.close();
  }
}
