package dev.longshore.app.cli;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.testing.SplitMix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A registry of very many images out of a seed, which holds none of them: a hundred in each
 * repository, each of a common base, some layers of its repository's and two of its own.
 */
final class ManyImages implements ImageSource {
  private static final int TAGS = 100;
  private static final int PAGE = 500;
  private static final int BASES = 40;
  private static final int LAYERS_OF_BASE = 4;
  private static final int OF_REPOSITORY = 30;
  private static final int SHARED = 3;
  private static final int OWN = 2;

  private final int images;
  private final long seed;
  private final Map<Digest, Integer> asked = new ConcurrentHashMap<>();
  private final AtomicLong requests = new AtomicLong();

  ManyImages(int images, long seed) {
    this.images = images;
    this.seed = seed;
  }

  /** A layer, by a number of its own. */
  private record Layer(long number, long size) {}

  private List<Layer> layers(int image) {
    SplitMix random = new SplitMix(seed + image);
    List<Long> numbers = new ArrayList<>();
    int base = random.nextInt(BASES);
    for (int i = 0; i < LAYERS_OF_BASE; i++) {
      numbers.add((long) base * LAYERS_OF_BASE + i);
    }
    long first = 1_000_000L + (long) image / TAGS * OF_REPOSITORY;
    random.ints(0, OF_REPOSITORY).distinct().limit(SHARED).forEach(i -> numbers.add(first + i));
    for (int i = 0; i < OWN; i++) {
      numbers.add(1_000_000_000L + (long) image * OWN + i);
    }
    return numbers.stream().map(n -> new Layer(n, 1_000 + n % 97 * 1_000_000)).toList();
  }

  private byte[] manifest(int image) {
    String[] layers =
        layers(image).stream()
            .map(layer -> PlanBed.layer("layer" + layer.number(), layer.size()))
            .toArray(String[]::new);
    return PlanBed.manifest("config" + image, layers).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What a plan has to find.
   *
   * @param blobs distinct configs and layers
   */
  record Sum(long blobs, long bytes, long unshared, long manifests) {}

  Sum sum() {
    Set<Long> seen = new HashSet<>();
    long bytes = 0;
    long unshared = 0;
    long manifests = 0;
    for (int image = 0; image < images; image++) {
      bytes += 1_000;
      unshared += 1_000;
      manifests += manifest(image).length;
      for (Layer layer : layers(image)) {
        unshared += layer.size();
        bytes += seen.add(layer.number()) ? layer.size() : 0;
      }
    }
    return new Sum(images + seen.size(), bytes, unshared, manifests);
  }

  long requests() {
    return requests.get();
  }

  @Override
  public Descriptor resolve(Reference reference) {
    requests.incrementAndGet();
    int repository = Integer.parseInt(reference.name().repository().substring("team/app".length()));
    int tag = Integer.parseInt(reference.tag().orElseThrow().text().substring(1));
    int image = repository * TAGS + tag;
    Descriptor found = Descriptor.of(MediaType.OCI_MANIFEST, manifest(image));
    asked.put(found.digest(), image);
    return found;
  }

  @Override
  public byte[] manifest(RepositoryName name, Digest digest) {
    requests.incrementAndGet();
    return manifest(asked.remove(digest));
  }

  @Override
  public Page tags(RepositoryName name, String cursor) {
    requests.incrementAndGet();
    return new Page(IntStream.range(0, TAGS).mapToObj(n -> "t" + n).toList(), Optional.empty());
  }

  @Override
  public Page catalog(RegistryHost registry, String cursor) {
    requests.incrementAndGet();
    int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    int to = Math.min(images / TAGS, from + PAGE);
    return new Page(
        IntStream.range(from, to).mapToObj(n -> "team/app" + n).toList(),
        to == images / TAGS ? Optional.empty() : Optional.of(String.valueOf(to)));
  }

  @Override
  public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject) {
    requests.incrementAndGet();
    return Optional.empty();
  }

  @Override
  public List<Descriptor> referrers(RepositoryName name, Digest subject) {
    throw new AssertionError("not asked for by a poll");
  }

  @Override
  public BlobStream blob(RepositoryName name, Descriptor blob, long offset) {
    throw new AssertionError("a plan reads no blob");
  }

  @Override
  public boolean serves(RepositoryName name, Descriptor blob) {
    throw new AssertionError("a plan looks for no blob");
  }
}
