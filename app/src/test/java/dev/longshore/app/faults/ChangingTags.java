package dev.longshore.app.faults;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The tags of a registry, which a seed pushes, moves and deletes: what is there in the end. */
final class ChangingTags implements AutoCloseable {
  private static final int REPOSITORIES = 4;
  private static final int TAGS = 50;
  private static final int IMAGES = 150;
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final RegistryHost host;
  private final Duration limit;
  private final RandomGenerator random;
  private final HttpClient http = HttpClient.newHttpClient();
  private final InMemoryRegistry local = new InMemoryRegistry();
  private final RegistryPusher pusher =
      new RegistryPusher(Registries.of(), ClientSettings.defaults());
  private final Map<Reference, Digest> tags = new HashMap<>();
  private final Set<String> deletedDigests = new HashSet<>();

  /**
   * None yet.
   *
   * @param limit how long the registry may be away
   */
  ChangingTags(RegistryHost host, RandomGenerator random, Duration limit) {
    this.host = host;
    this.random = random;
    this.limit = limit;
  }

  List<RepositoryName> repositories() {
    return IntStream.range(0, REPOSITORIES)
        .mapToObj(n -> new RepositoryName(host, "lossless/r" + n))
        .toList();
  }

  /** What each tag points to. */
  Map<Reference, Digest> there() {
    return Map.copyOf(tags);
  }

  /** Whether that manifest was ever deleted: it may not have been there at a look. */
  boolean wasDeleted(RepositoryName name, Digest digest) {
    return deletedDigests.contains(name + "@" + digest);
  }

  /**
   * Pushes an image to a tag, new or not, or deletes one; repeats it while the registry is away.
   */
  void change() throws Exception {
    RepositoryName name = repositories().get(random.nextInt(REPOSITORIES));
    Reference tag = Reference.tagged(name, "v" + random.nextInt(TAGS));
    int what = random.nextInt(20);
    Digest there = tags.get(tag);
    if (what < 3) {
      delete(name, tag.tag().orElseThrow().text());
      tags.remove(tag);
    } else if (what == 3 && there != null) {
      delete(name, there.toString());
      deletedDigests.add(name + "@" + there);
      tags.entrySet().removeIf(e -> e.getKey().name().equals(name) && e.getValue().equals(there));
    } else {
      push(tag, SampleImages.of(1 + random.nextInt(IMAGES)));
    }
  }

  private void push(Reference tag, RandomImage image) throws RegistryException {
    String text = tag.tag().orElseThrow().text();
    local.push(tag.name(), text, image);
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        pusher.push(local, tag, tag.name(), text);
        tags.put(tag, Digest.parse(image.rootDigest()));
        return;
      } catch (RegistryException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void delete(RepositoryName name, String reference) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://%s/v2/%s/manifests/%s".formatted(host, name.repository(), reference)))
            .timeout(CALL)
            .DELETE()
            .build();
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status == 202 || status == 404) {
          return;
        }
        if (status < 500) {
          throw new AssertionError("deletion of %s:%s: %d".formatted(name, reference, status));
        }
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** An event of what never was, or is not as it says. */
  String forged() {
    RepositoryName name = repositories().get(random.nextInt(REPOSITORIES));
    String image = SampleImages.of(1 + random.nextInt(IMAGES)).rootDigest();
    String digest =
        random.nextBoolean() ? image : Digest.of(new byte[] {(byte) random.nextInt()}).toString();
    boolean deletion = random.nextBoolean();
    return """
    {"events": [{"timestamp": "2001-01-01T00:00:00Z", "action": "%s", "target": {
      "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "%s",
      "repository": "%s", "tag": "v%d"}}]}
    """
        .formatted(
            deletion ? "delete" : "push", digest, name.repository(), random.nextInt(TAGS + 5));
  }

  @Override
  public void close() {
    http.close();
  }
}
