package dev.longshore.bench.edge;

import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.image.FileTar;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Versions of an image, one after another in one repository, at a site that keeps them all. */
final class Successive {
  /** What a site says of an arrival comes within a second of it. */
  private static final Duration REPORTED = Duration.ofSeconds(3);

  private final Rig rig;
  private final Row row;
  private final Site site;
  private final RepositoryName repository;
  private final Path folder;

  /** Blobs that a mirror of layers would have. */
  private final Set<Digest> had = new HashSet<>();

  private int versions;

  Successive(Rig rig, Row row, Site site, String repository) {
    this.rig = rig;
    this.row = row;
    this.site = site;
    this.repository = rig.name(row, repository);
    this.folder = rig.folder(row.name()).resolve(repository);
  }

  /**
   * What a version took.
   *
   * @param line all that went over the line from its push until its report
   * @param layerwise bytes of its layers and configuration whose digests are new
   */
  record Took(LineBytes line, long layerwise) {
    Took plus(Took other) {
      return new Took(
          new LineBytes(line.bytes() + other.line.bytes(), line.packets() + other.line.packets()),
          layerwise + other.layerwise);
    }
  }

  /** Pushes the next version, and waits until the site has all of it and has said so. */
  Took next(List<FileTar> layers) throws Exception {
    versions++;
    BigImage image = BigImage.writeFiles(folder.resolve("version-" + versions), layers);
    long layerwise = 0;
    for (Descriptor blob : image.blobs()) {
      layerwise += had.add(blob.digest()) ? blob.size() : 0;
    }
    int held = site.held();
    LineBytes before = rig.line().count();
    String tag = Integer.toString(versions);
    rig.push(image, repository, tag);
    Rig.awaitHeld(site, held + 1);
    TimeUnit.NANOSECONDS.sleep(REPORTED.toNanos());
    LineBytes line = rig.line().count().since(before);
    rig.bench()
        .report()
        .progress(
            "%s: %s:%s, %,d bytes over the line, layer-wise %,d"
                .formatted(row.name(), repository.repository(), tag, line.bytes(), layerwise));
    return new Took(line, layerwise);
  }
}
