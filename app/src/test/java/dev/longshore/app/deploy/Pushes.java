package dev.longshore.app.deploy;

import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Images that crane pushes to the composition's registry and pulls from its resolver. */
final class Pushes {
  /** Also for a call that began on a connection which died: it waits for its own deadline. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();
  private static final int LAYER_BYTES = 300_000;

  /**
   * Repository and tag, and the digest that the registry has for it.
   *
   * @param nanos when the registry had it, {@link System#nanoTime}
   */
  record Pushed(String name, String digest, long nanos) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }

  private final Composition composition;
  private final Path folder;
  private final Command crane;
  private final Random random = new Random();
  private final List<Pushed> all = new ArrayList<>();

  Pushes(Composition composition, Path folder) throws IOException, InterruptedException {
    this.composition = composition;
    this.folder = folder;
    this.crane = Tools.ofProject().command("crane").in(folder);
  }

  /** Pushes an image that nobody has had; does it again, as a client would, while it fails. */
  Pushed push(String name) throws Exception {
    Path content = Files.createTempDirectory(folder, "layer");
    byte[] bytes = new byte[LAYER_BYTES];
    random.nextBytes(bytes);
    Files.write(content.resolve("file"), bytes);
    String layer = content + ".tar";
    Command tar = Command.of(List.of("tar")).in(content);
    tar.run("-cf", layer, "file");
    String target = composition.registry() + "/" + name;
    String said =
        untilItWorks("append", "--oci-empty-base", "--new_layer", layer, "--new_tag", target);
    String digest = said.strip().substring(said.indexOf('@') + 1);
    Pushed pushed = new Pushed(name, digest, System.nanoTime());
    all.add(pushed);
    return pushed;
  }

  /** All pushes so far. */
  List<Pushed> all() {
    return List.copyOf(all);
  }

  /**
   * Waits until the resolver has the digest under the name, then reads every byte of it, which
   * crane compares with its digests.
   */
  void awaitPulled(Pushed pushed) throws Exception {
    String name = composition.resolver() + "/" + pushed.name();
    long end = System.nanoTime() + LIMIT.toNanos();
    Command.Ended last;
    do {
      last = crane.tryTo("digest", name);
      if (last.out().strip().equals(pushed.digest())) {
        last = crane.tryTo("validate", "--remote", name);
        if (last.exitCode() == 0) {
          System.out.printf(
              "CompositionIT: %s was pulled %d s after its push%n",
              pushed.name(), pushed.age().toSeconds());
          return;
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    } while (System.nanoTime() < end);
    throw new AssertionError("%s was not pulled within %s: %s".formatted(pushed, LIMIT, last));
  }

  /** Tags that the resolver lists. */
  List<String> tags(String repository) throws Exception {
    return crane.run("ls", composition.resolver() + "/" + repository).lines().sorted().toList();
  }

  String manifest(String name) throws Exception {
    return crane.run("manifest", composition.resolver() + "/" + name);
  }

  private String untilItWorks(String... arguments) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      Command.Ended result = crane.tryTo(arguments);
      if (result.exitCode() == 0) {
        return result.out();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("crane did not push within " + LIMIT + ": " + result);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
