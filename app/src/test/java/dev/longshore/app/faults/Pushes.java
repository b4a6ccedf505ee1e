package dev.longshore.app.faults;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Pushes of images that share layers, each to a tag of its own and to one that moves. */
final class Pushes {
  private static final String MOVING = "latest";
  private final InMemoryRegistry local = new InMemoryRegistry();
  private final RegistryPusher pusher =
      new RegistryPusher(Registries.of(), ClientSettings.defaults());
  private final IntFunction<RepositoryName> repositories;
  private final AtomicInteger count = new AtomicInteger();
  private final List<Push> done = new CopyOnWriteArrayList<>();

  /** A push that the registry has. */
  record Push(Reference reference, Digest digest) {}

  /**
   * None yet.
   *
   * @param repositories where the image of a number goes
   */
  Pushes(IntFunction<RepositoryName> repositories) {
    this.repositories = repositories;
  }

  /** Pushes the next image. */
  void next() throws RegistryException {
    int number = count.getAndIncrement();
    RepositoryName repository = repositories.apply(number);
    RandomImage image = SampleImages.of(number);
    Reference own = Reference.tagged(repository, "v" + number);
    local.push(repository, "v" + number, image);
    pusher.push(local, own, repository, "v" + number);
    pusher.push(local, own, repository, MOVING);
    done.add(new Push(own, Digest.parse(image.rootDigest())));
  }

  /** In the order in which they ended. */
  List<Push> done() {
    return List.copyOf(done);
  }

  /** Where the moving tags point in the end. */
  List<Push> moved() {
    Map<RepositoryName, Digest> last = new LinkedHashMap<>();
    done.forEach(push -> last.put(push.reference().name(), push.digest()));
    return last.entrySet().stream()
        .map(e -> new Push(Reference.tagged(e.getKey(), MOVING), e.getValue()))
        .toList();
  }
}
