package dev.longshore.app.parts;

import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.oci.registry.RegistrySettings;
import dev.longshore.runtime.service.lifecycle.Part;
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
  private final Programs programs;
  private final Consumer<String> onDeath;

  /**
   * Makes nothing yet.
   *
   * @param onDeath told in a sentence when a part ends unasked
   */
  public DevelopmentParts(
      DevelopmentHome home, Ports ports, Programs programs, Consumer<String> onDeath) {
    this.home = home;
    this.ports = ports;
    this.programs = programs;
    this.onDeath = onDeath;
  }

  /** All of them, started at once. */
  public Part all() throws PartFailedException, InterruptedException {
    List<Part> parts = new ArrayList<>(List.of(kafka(), registry()));
    for (int n = 0; n <= Ports.PEERS; n++) {
      parts.add(kubo(n));
    }
    return new Together(parts);
  }

  public Part kafka() {
    return new DevelopmentKafka(ports.kafka(), ports.kafkaController(), home.kafka());
  }

  /** Kubo nodes 1 to {@link Ports#PEERS} keep copies; 0 is the resolver's own. */
  public Part kubo(int n) throws PartFailedException, InterruptedException {
    SwarmKey key = home.swarmKey();
    String name = "kubo-" + n;
    Path program = programs.find("ipfs");
    KuboPorts its = KuboPorts.loopback(ports.kuboRpc(n), ports.kuboGateway(n), ports.kuboSwarm(n));
    return new DevelopmentKubo(name, its, key, program, home.kubo(n), home.log(name), onDeath);
  }

  public Part registry() throws PartFailedException, InterruptedException {
    URI webhook = URI.create("http://127.0.0.1:" + ports.webhooks() + "/hooks/local");
    RegistrySettings settings =
        RegistrySettings.open("127.0.0.1:" + ports.registry(), home.registry().resolve("data"))
            .withNotification(
                new RegistrySettings.Notification(
                    "longshore", webhook, Optional.of("Bearer " + home.webhookToken())));
    return new DevelopmentRegistry(
        settings, programs.find("registry"), home.registry(), home.log("registry"), onDeath);
  }
}
