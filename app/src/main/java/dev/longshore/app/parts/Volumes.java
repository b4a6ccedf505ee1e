package dev.longshore.app.parts;

import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.programs.Registry;
import dev.longshore.resolver.hub.access.SigningKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The volumes of a composition of containers, as folders of one folder. Each gets the files for its
 * container, by its name: {@code secrets}, {@code registry-config}, {@code kubo-NAME}, {@code
 * site-kubo-NAME}; any other only its owner. Existing files stay, so that every start may call
 * this.
 *
 * @param folder their mount point
 * @param owner user id of the containers; empty for no change
 */
public record Volumes(Path folder, OptionalInt owner) {
  private static final String SECRETS = "secrets";
  private static final String REGISTRY = "registry-config";
  private static final String KUBO = "kubo-";
  private static final String SITE_KUBO = "site-kubo-";

  /** The name of the hub's service, by which sites reach it. */
  private static final String HUB = "hub";

  /** A site's resolver is in the network of its Kubo, and nobody else. */
  private static final KuboPorts OF_A_SITE = KuboPorts.loopback(5001, 8080, 0);

  /** As in Kubo's own image; the composition's network keeps strangers out. */
  private static final KuboPorts PORTS = new KuboPorts("0.0.0.0", 5001, 8080, 4001);

  private static final String REGISTRY_ADDRESS = "0.0.0.0:5000";
  private static final Path REGISTRY_DATA = Path.of("/var/lib/registry");

  /**
   * Fills them.
   *
   * @param storageMax Kubo's limit in its own notation
   * @param webhook the address for the registry's notifications
   * @return the created files, for people
   */
  public List<String> prepare(String storageMax, URI webhook) throws IOException {
    Path secrets = folder.resolve(SECRETS);
    if (!Files.isDirectory(secrets)) {
      throw new IOException(
          "%s is no folder: mount the volume of the secrets there".formatted(secrets));
    }
    List<String> made = new ArrayList<>();
    SwarmKey key = SwarmKey.ofFile(once(secrets, "swarm.key", Volumes::newSwarmKey, made));
    String token = once(secrets, "webhook-token", OwnerFiles::newToken, made).strip();
    once(secrets, "pinner-token", OwnerFiles::newToken, made);
    for (Path volume : all()) {
      String name = String.valueOf(volume.getFileName());
      if (name.startsWith(KUBO)) {
        String rpc = once(secrets, name, OwnerFiles::newToken, made).strip();
        if (!Files.exists(volume.resolve("config"))) {
          new KuboSettings(
                  KuboIdentity.generate(),
                  PORTS,
                  storageMax,
                  Optional.of(new RpcCredential.Bearer(rpc)))
              .writeRepository(volume, key);
          made.add(name + ": a Kubo repository");
        }
      } else if (name.startsWith(SITE_KUBO)) {
        if (!Files.exists(volume.resolve("config"))) {
          new KuboSettings(KuboIdentity.generate(), OF_A_SITE, storageMax, Optional.empty())
              .writeRepository(volume, SwarmKey.generate(new SecureRandom()));
          made.add(name + ": a Kubo repository with a swarm of its own");
        }
      } else if (name.equals(REGISTRY)) {
        // Rewritten each time, because it contains the token.
        OwnerFiles.write(volume.resolve("config.yml"), registry(token, webhook));
      }
    }
    if (hasSites()) {
      hub(secrets, made);
    }
    own();
    return made;
  }

  private boolean hasSites() throws IOException {
    return all().stream().anyMatch(volume -> volume.getFileName().toString().startsWith(SITE_KUBO));
  }

  /** By what sites know their hub: the key of its certificate, and the one that it signs with. */
  private static void hub(Path secrets, List<String> made) throws IOException {
    Path certificate = secrets.resolve("hub.pem");
    if (!Files.exists(certificate)) {
      HubCertificate fresh = HubCertificate.of(HUB, Instant.now());
      OwnerFiles.write(secrets.resolve("hub-key.pem"), fresh.key());
      // The last one: a key without its certificate is made anew.
      OwnerFiles.write(certificate, fresh.certificate());
      made.add(SECRETS + "/hub.pem");
    }
    Path signing = secrets.resolve("signing.pem");
    if (!Files.exists(signing)) {
      var _ = SigningKeys.open(signing, List.of());
      made.add(SECRETS + "/signing.pem");
    }
  }

  private List<Path> all() throws IOException {
    try (Stream<Path> volumes = Files.list(folder)) {
      return volumes.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static String once(Path secrets, String name, Supplier<String> fresh, List<String> made)
      throws IOException {
    Path file = secrets.resolve(name);
    if (!Files.exists(file)) {
      made.add(SECRETS + "/" + name);
    }
    return OwnerFiles.once(file, fresh);
  }

  private static String newSwarmKey() {
    return SwarmKey.generate(new SecureRandom()).file();
  }

  private static String registry(String token, URI webhook) {
    return Registry.open(REGISTRY_ADDRESS, REGISTRY_DATA)
        .withNotification(
            new Registry.Notification("longshore", webhook, Optional.of("Bearer " + token)))
        .yaml();
  }

  /** The volume and the files written to it; everything deeper belongs to its container. */
  private void own() throws IOException {
    if (owner.isEmpty()) {
      return;
    }
    for (Path volume : all()) {
      own(volume);
      try (Stream<Path> files = Files.list(volume)) {
        for (Path file : files.toList()) {
          own(file);
        }
      }
    }
  }

  private void own(Path file) throws IOException {
    Files.setAttribute(file, "unix:uid", owner.getAsInt(), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(file, "unix:gid", owner.getAsInt(), LinkOption.NOFOLLOW_LINKS);
  }
}
