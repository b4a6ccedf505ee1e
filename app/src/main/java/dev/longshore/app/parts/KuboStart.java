package dev.longshore.app.parts;

import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.programs.Kubo;
import dev.longshore.programs.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The start of a Kubo that shares its machine with a resolver and more.
 *
 * @param program {@code ipfs}
 */
public record KuboStart(
    String name, Path program, KuboRepository repository, KuboPorts ports, Path log) {
  /** Beside a resolver that takes 256 MB at most, on a machine with better things to do. */
  private static final Map<String, String> MODEST =
      Map.of("GOMAXPROCS", "2", "GOMEMLIMIT", "96MiB", "GOGC", "50");

  /** One that was killed with its service is gone within that. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long LOOK_MILLIS = 100;

  /** Looks whether it can be started: nothing has its repository, and its ports are free. */
  public Program prepare() throws IOException, PartFailedException, InterruptedException {
    if (!Files.isExecutable(program)) {
      throw new PartFailedException(
          "%s: there is no program %s; install Kubo there, or name it as site.kubo-program"
              .formatted(name, program),
          null);
    }
    awaitRelease();
    requireFree();
    repository.listen(ports);
    return new Kubo(program, repository.folder()).daemon(name, log).with(MODEST);
  }

  private void awaitRelease() throws IOException, PartFailedException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (repository.isHeld()) {
      if (System.nanoTime() > end) {
        throw new PartFailedException(
            "%s: another process has had the repository %s open for %d s; end that Kubo"
                .formatted(name, repository.folder(), PATIENCE.toSeconds()),
            null);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private void requireFree() throws PartFailedException {
    Map<Integer, String> wanted = new LinkedHashMap<>();
    wanted.put(ports.rpc(), "rpc");
    wanted.put(ports.gateway(), "gateway");
    for (Map.Entry<Integer, String> port : wanted.entrySet()) {
      if (!Ports.isFree(port.getKey())) {
        throw new PartFailedException(
            "%s: port %d is taken: end what listens there, or change resolver.kubo.%s in the settings"
                .formatted(name, port.getKey(), port.getValue()),
            null);
      }
    }
  }
}
