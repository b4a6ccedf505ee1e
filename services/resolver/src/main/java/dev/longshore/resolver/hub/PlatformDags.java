package dev.longshore.resolver.hub;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Placed;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.TagState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Platform;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.DagBlocks;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The image DAGs that sites get of images with several platforms, where their rule names some: each
 * is a DAG of its own, so a site holds it as any other. Which image one was made of is known by
 * having made it; after a restart, and at another hub, all that rules name are made again.
 */
final class PlatformDags {
  /** Those that are remembered: 15 MB. */
  private static final int REMEMBERED = 50_000;

  /** Whose directories are remembered, as sites fetch them: 40 KB for one of 300 blobs. */
  private static final int FETCHED = 64;

  /** Looking for one reads some blocks of each image; who asks again goes on from there. */
  private static final Duration LOOK = Duration.ofSeconds(20);

  /** What was not found is not looked for again within that. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

  private static final int PAGE = 100;

  private final Catalog catalog;
  private final Function<ImageState, DagBlocks> blocks;
  private final InstantSource clock;
  private final ReentrantLock looking = new ReentrantLock();
  private final Map<String, Instant> looked = new HashMap<>();
  private final Map<ImageDag, Part> byDag = new HashMap<>();

  private final Map<Asked, Part> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Part> eldest) {
          boolean goes = size() > REMEMBERED;
          if (goes) {
            byDag.remove(eldest.getValue().dag(), eldest.getValue());
          }
          return goes;
        }
      };

  private final Map<ImageDag, PlatformLayout> fetched =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ImageDag, PlatformLayout> eldest) {
          return size() > FETCHED;
        }
      };

  private record Asked(ImageDag whole, List<Platform> platforms) {}

  /**
   * What sites get of an image.
   *
   * @param whole the image's own DAG
   * @param dag the same if it has nothing for other platforms
   */
  record Part(ImageDag whole, List<Platform> platforms, ImageDag dag, int blobs, long bytes) {}

  /**
   * @param blocks where those of an image are read
   */
  PlatformDags(Catalog catalog, Function<ImageState, DagBlocks> blocks, InstantSource clock) {
    this.catalog = catalog;
    this.blocks = blocks;
    this.clock = clock;
  }

  /**
   * The image as sites get it by a rule.
   *
   * @throws IOException when its manifests cannot be read now
   */
  ImageState of(ImageState image, SiteRuleSettings rule) throws IOException {
    List<Platform> platforms = platforms(rule);
    if (platforms.isEmpty() || !MediaType.isIndex(image.mediaType())) {
      return image;
    }
    Part part = part(image, platforms);
    return part.dag().equals(image.imageDag()) ? image : of(image, part);
  }

  private static List<Platform> platforms(SiteRuleSettings rule) {
    return rule.platforms().stream().map(Platform::parse).distinct().toList();
  }

  private static ImageState of(ImageState image, Part part) {
    return new ImageState(
        image.digest(),
        image.recipe(),
        image.mode(),
        image.mediaType(),
        part.dag(),
        image.root(),
        image.manifest(),
        image.platforms().stream()
            .filter(each -> part.platforms().stream().anyMatch(Platform.parse(each)::matches))
            .toList(),
        part.blobs(),
        part.bytes(),
        image.missing(),
        image.ingestPeer(),
        image.name(),
        image.convertedAt(),
        image.subject(),
        image.ownDigest(),
        image.evidence(),
        image.children(),
        image.former());
  }

  private Part part(ImageState image, List<Platform> platforms) throws IOException {
    Asked asked = new Asked(image.imageDag(), platforms);
    Part before = known(asked);
    if (before != null) {
      return before;
    }
    Optional<PlatformLayout> layout =
        PlatformLayout.of(image.imageDag().cid(), platforms, blocks.apply(image));
    Part part =
        layout
            .map(
                its ->
                    new Part(
                        image.imageDag(),
                        platforms,
                        new ImageDag(its.root()),
                        its.blobs(),
                        its.bytes()))
            .orElseGet(
                () ->
                    new Part(
                        image.imageDag(),
                        platforms,
                        image.imageDag(),
                        image.blobs(),
                        image.bytes()));
    keep(asked, part);
    return part;
  }

  private synchronized @Nullable Part known(Asked asked) {
    return known.get(asked);
  }

  private synchronized void keep(Asked asked, Part part) {
    byDag.put(part.dag(), part);
    known.put(asked, part);
  }

  private synchronized Optional<Part> known(ImageDag dag) {
    return Optional.ofNullable(byDag.get(dag));
  }

  /** Its blocks, of which its directories lie nowhere else. */
  DagBlocks blocks(Part part, ImageState whole) throws IOException {
    DagBlocks source = blocks.apply(whole);
    PlatformLayout before = fetched(part.dag());
    if (before != null) {
      return new PlatformBlocks(before.directories(), source);
    }
    Optional<PlatformLayout> made = PlatformLayout.of(part.whole().cid(), part.platforms(), source);
    if (made.isEmpty()) {
      return source;
    }
    fetched(part.dag(), made.get());
    return new PlatformBlocks(made.get().directories(), source);
  }

  private synchronized @Nullable PlatformLayout fetched(ImageDag dag) {
    return fetched.get(dag);
  }

  private synchronized void fetched(ImageDag dag, PlatformLayout layout) {
    fetched.put(dag, layout);
  }

  /**
   * What a DAG was made of that sites of the group may have been told of.
   *
   * @throws IOException when not all images that it may be of could be read so far
   */
  Optional<Part> find(SiteGroup group, ImageDag dag) throws IOException {
    Optional<Part> part = known(dag);
    if (part.isPresent() || !group.rules().choosePlatforms()) {
      return part;
    }
    try {
      if (!looking.tryLock(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("others look for images of some platforms; try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("looking for " + dag);
    }
    try {
      if (known(dag).isEmpty() && isTimeToLook(group)) {
        look(group, dag);
      }
      return known(dag);
    } finally {
      looking.unlock();
    }
  }

  private boolean isTimeToLook(SiteGroup group) {
    Instant last = looked.get(group.rules().hash());
    Instant now = clock.instant();
    return last == null || now.isBefore(last) || !now.isBefore(last.plus(LOOK_AGAIN));
  }

  private void look(SiteGroup group, ImageDag dag) throws IOException {
    long end = System.nanoTime() + LOOK.toNanos();
    IOException failure = null;
    String after = null;
    List<Placed<ServedState>> page;
    do {
      page = catalog.served().page(after, PAGE);
      for (Placed<ServedState> placed : page) {
        ServedState served = placed.state();
        after = served.key();
        Optional<SiteRuleSettings> rule =
            group.rules().of(served).filter(each -> !each.platforms().isEmpty());
        for (ImageState image : rule.isPresent() ? images(served) : List.<ImageState>of()) {
          try {
            var _ = of(image, rule.get());
          } catch (IOException e) {
            failure = e;
          }
          if (known(dag).isPresent()) {
            return;
          }
          if (System.nanoTime() - end > 0) {
            throw new IOException("this hub still reads images of some platforms; try again");
          }
        }
      }
    } while (page.size() == PAGE);
    if (failure != null) {
      throw failure;
    }
    looked.put(group.rules().hash(), clock.instant());
  }

  /** Those that it shows, and showed a while ago. */
  private List<ImageState> images(ServedState served) {
    List<ImageState> images = new ArrayList<>();
    for (Result result : served.results()) {
      catalog.conversions().forRepository(served.name(), result.source()).stream()
          .filter(image -> image.imageDag().equals(result.imageDag()))
          .forEach(images::add);
    }
    Instant since = clock.instant().minus(SiteRights.AFTER_IT_LEFT);
    catalog.tags().byKey(served.key()).stream()
        .flatMap(tag -> tag.versions().stream())
        .filter(version -> version.leftAt().isAfter(since))
        .map(TagState.Version::digest)
        .distinct()
        .forEach(
            digest -> images.addAll(catalog.conversions().forRepository(served.name(), digest)));
    return images;
  }
}
