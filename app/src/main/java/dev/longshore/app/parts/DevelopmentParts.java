package dev.longshore.app.parts;

import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.programs.Kubo;
import dev.longshore.programs.Registry;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes the parts of a development run from its home and ports. */
public final class DevelopmentParts {
  private final DevelopmentHome home;
  private final Ports ports;
  private final Tools tools;
  private final Consumer<String> onDeath;

  /**
   * @param onDeath receives a sentence when a part ends by itself
   */
  public DevelopmentParts(
      DevelopmentHome home, Ports ports, Tools tools, Consumer<String> onDeath) {
    this.home = home;
    this.ports = ports;
    this.tools = tools;
    this.onDeath = onDeath;
  }

  /** All parts, started in parallel. */
  public Part all() throws PartFailedException, InterruptedException {
    List<Part> parts = new ArrayList<>(List.of(kafka(), registry()));
    for (int n = 0; n <= Ports.PEERS; n++) {
      parts.add(kubo(n));
    }
    return new Together(parts);
  }

  public Part kafka() {
    return new DevelopmentKafka(ports.kafka(), ports.kafkaController(), home.kafka(), onDeath);
  }

  /** Kubo nodes 1 to {@link Ports#PEERS} keep copies; 0 is the resolver's own. */
  public ProgramPart kubo(int n) throws PartFailedException, InterruptedException {
    SwarmKey key = home.swarmKey();
    String name = "kubo-" + n;
    Kubo kubo = new Kubo(ipfs(), home.kubo(n));
    KuboPorts its = KuboPorts.loopback(ports.kuboRpc(n), ports.kuboGateway(n), ports.kuboSwarm(n));
    return new ProgramPart(
        name,
        () -> {
          new KuboRepository(kubo.repository()).make(its, key);
          return kubo.daemon(name, home.log(name));
        },
        onDeath);
  }

  public ProgramPart registry() throws PartFailedException, InterruptedException {
    return registry(List.of(ports));
  }

  /** A registry that notifies several watchers of every push, at their webhooks. */
  public ProgramPart registry(List<Ports> watchers)
      throws PartFailedException, InterruptedException {
    String name = "registry";
    Registry registry =
        Registry.open("127.0.0.1:" + ports.registry(), home.registry().resolve("data"));
    for (int n = 0; n < watchers.size(); n++) {
      int port = watchers.get(n).webhooks();
      URI webhook = URI.create("http://127.0.0.1:" + port + "/hooks/local");
      registry =
          registry.withNotification(
              new Registry.Notification(
                  n == 0 ? "longshore" : "longshore-" + n,
                  webhook,
                  Optional.of("Bearer " + home.webhookToken())));
    }
    Registry all = registry;
    Path program = path(name);
    return new ProgramPart(
        name, () -> all.daemon(program, home.registry(), home.log(name)), onDeath);
  }

  /** Kubo's program. */
  public Path ipfs() throws PartFailedException, InterruptedException {
    return path("ipfs");
  }

  private Path path(String program) throws PartFailedException, InterruptedException {
    try {
      return tools.path(program);
    } catch (IOException e) {
      throw new PartFailedException(String.valueOf(e.getMessage()), e);
    }
  }
}
