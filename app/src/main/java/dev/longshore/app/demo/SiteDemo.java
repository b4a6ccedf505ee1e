package dev.longshore.app.demo;

import dev.longshore.app.demo.FilesPulled.Pulled;
import dev.longshore.app.sites.Arrival;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two versions of an image on their way to sites, which serve the second one without their hub. */
public final class SiteDemo {
  /** The rule by which the image is made lazy: what did not change in it costs a line nothing. */
  public static final String RULES =
      """
      rules:
        - match: "*/demo/**"
          modes: [estargz]
      """;

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private final List<DemoImage> versions;
  private final int sites;
  private final ProgressDisplay progress;
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

  private SiteDemo(List<DemoImage> versions, int sites, ProgressDisplay progress) {
    this.versions = List.copyOf(versions);
    this.sites = sites;
    this.progress = progress;
  }

  /**
   * Writes two versions of this program's image, on the Java runtime that it runs on.
   *
   * @param registry of the development run
   * @param scratch a folder to write to
   * @param largest in bytes: larger files are left out
   * @param sites so many
   */
  public static SiteDemo of(
      RegistryHost registry, Path scratch, long largest, int sites, ProgressDisplay progress)
      throws IOException {
    new ProjectImage(scratch, System.getProperty("java.class.path"), largest)
        .writeVersions(Path.of(System.getProperty("java.home")));
    RepositoryName name = new RepositoryName(registry, ProjectImage.REPOSITORY);
    OciLayoutSource source = OciLayoutSource.open(scratch, name);
    List<DemoImage> versions = new ArrayList<>();
    for (String tag : ProjectImage.VERSIONS) {
      Reference reference = Reference.tagged(name, new Tag(tag));
      versions.add(new DemoImage(source, reference, reference));
    }
    return new SiteDemo(versions, sites, progress);
  }

  /** Something arrived at a site. */
  public void arrived(Arrival arrival) {
    arrivals.add(arrival);
  }

  /**
   * A version at all sites.
   *
   * @param bytes its blobs, as they were pushed
   * @param lineBytes what came over the line of the site that took most
   * @param after from the push to the report of the last site
   */
  public record Held(Reference image, long bytes, long lineBytes, Duration after) {}

  /** The result: both versions, and what was pulled of the second one without the hub. */
  public record Outcome(Held first, Held second, int sites, long files, long fileBytes) {}

  /** Ends all but the sites. */
  @FunctionalInterface
  public interface HubEnd {
    void end() throws InterruptedException;
  }

  /**
   * Pushes, waits, ends the hub, pulls and compares.
   *
   * @param site resolver of one of the sites
   */
  public Outcome run(URI site, HubEnd hub)
      throws IOException,
          RegistryException,
          OciFormatException,
          TimeoutException,
          InterruptedException {
    Held first = held(versions.getFirst());
    Held second = held(versions.getLast());
    progress.now("ending the hub, Kafka, the registry and all peers ...");
    hub.end();
    progress.done("cut off    the hub, Kafka, the registry and all peers are ended");
    progress.now("pulling " + second.image() + " at the site");
    Pulled pulled = new FilesPulled(site, versions.getLast()).run();
    return new Outcome(first, second, sites, pulled.files(), pulled.bytes());
  }

  private Held held(DemoImage image)
      throws IOException,
          RegistryException,
          OciFormatException,
          TimeoutException,
          InterruptedException {
    Reference to = image.to();
    progress.now("pushing " + to);
    Descriptor pushed =
        new RegistryPusher(Registries.of(), ClientSettings.defaults())
            .push(image.source(), image.from(), to.name(), to.tag().orElseThrow().text());
    progress.done("pushed     " + to + " " + pushed.digest());
    progress.now("waiting for " + sites + " sites to hold it");
    List<Arrival> its = new ArrayList<>();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (its.size() < sites) {
      Arrival next = arrivals.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new TimeoutException(
            "only %d of %d sites have reported %s within %d s"
                .formatted(its.size(), sites, to, LIMIT.toSeconds()));
      }
      if (next.images().contains(to)) {
        its.add(next);
        progress.done("arrived    " + next.line());
      }
    }
    return new Held(
        to,
        bytes(image, pushed),
        its.stream().mapToLong(Arrival::lineBytes).max().orElseThrow(),
        its.stream().map(Arrival::after).max(Comparator.naturalOrder()).orElseThrow());
  }

  private static long bytes(DemoImage image, Descriptor pushed)
      throws IOException, RegistryException, OciFormatException {
    byte[] manifest = image.source().manifest(image.from().name(), pushed.digest());
    return Manifest.parse(manifest, pushed.mediaType()) instanceof ImageManifest one
        ? one.children().stream().mapToLong(Descriptor::size).sum()
        : 0;
  }
}
