package dev.longshore.app.faults;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a test pushed: the truth that everything else is held against. */
final class Pushed {
  static final String HOST = "localhost:5055";

  /** Name of the registry in the configuration. */
  static final String SOURCE = "dev";

  private final InMemoryRegistry registry;
  private final Map<String, RandomImage> tags = new LinkedHashMap<>();
  private final Map<String, Integer> arrivals = new HashMap<>();
  private final Map<String, RandomImage> images = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();

  Pushed(InMemoryRegistry registry) {
    this.registry = registry;
  }

  /** Pushes; gives the notification that the registry would send. */
  Hint push(String repository, String tag, RandomImage image, boolean whole, Instant now) {
    registry.push(RepositoryName.canonical(HOST + "/" + repository), tag, image);
    String name = HOST + "/" + repository + ":" + tag;
    RandomImage before = tags.put(name, image);
    if (before == null || !before.rootDigest().equals(image.rootDigest())) {
      arrivals.merge(name + " " + image.rootDigest(), 1, Integer::sum);
    }
    images.put(image.rootDigest(), image);
    if (!whole) {
      broken.add(image.rootDigest());
    }
    return notification(repository, tag, image, now);
  }

  private static Hint notification(String repository, String tag, RandomImage image, Instant now) {
    String body =
        """
        {"events": [{"action": "push", "target": {"mediaType": "%s", "digest": "%s",
          "repository": "%s", "tag": "%s"}}]}
        """
            .formatted(image.root().mediaType(), image.rootDigest(), repository, tag);
    return new Hint(
        Origin.WEBHOOK,
        SOURCE,
        repository,
        "application/vnd.docker.distribution.events.v2+json",
        Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)),
        false,
        now);
  }

  /** What each tag points to now, by {@code registry/repository:tag}. */
  Map<String, RandomImage> tags() {
    return Map.copyOf(tags);
  }

  RandomImage image(String digest) {
    return images.get(digest);
  }

  /** Root digests of all that was pushed, in the order of their first push. */
  List<String> digests() {
    return List.copyOf(images.keySet());
  }

  boolean isBroken(String digest) {
    return broken.contains(digest);
  }

  /** How often a tag came to point to a digest. */
  int arrivals(String tag, String digest) {
    return arrivals.getOrDefault(tag + " " + digest, 0);
  }
}
