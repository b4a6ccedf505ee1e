package dev.longshore.app.parts;

import dev.longshore.ipfs.kubo.SwarmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Supplier;

/** The folder that holds all state of a development run, with the secrets made for it. */
public record DevelopmentHome(Path folder) {
  /** The group of the sites beside the run. */
  public static final String SITES = "sites";

  public DevelopmentHome {
    folder = folder.toAbsolutePath().normalize();
  }

  /** The settings that the run was started with, for the other commands. */
  public Path config() {
    return folder.resolve("longshore.yaml");
  }

  /** The home of a site beside the run, 1 being the first. */
  public DevelopmentHome site(int n) {
    return new DevelopmentHome(folder.resolve("sites").resolve("site-" + n));
  }

  /** Signs what the run's hub says. */
  Path signingKey() {
    return folder.resolve("signing.pem");
  }

  Path kafka() {
    return folder.resolve("kafka");
  }

  Path kubo(int n) {
    return folder.resolve("kubo-" + n);
  }

  Path registry() {
    return folder.resolve("registry");
  }

  /** Output of the part of that name. */
  public Path log(String part) {
    return folder.resolve("logs").resolve(part + ".log");
  }

  /** The file with the registry's token for the watcher. */
  public Path webhookTokenFile() {
    return folder.resolve("webhook-token");
  }

  /** The registry's token for the watcher; created at the first call. */
  public String webhookToken() throws PartFailedException {
    return secret(webhookTokenFile(), OwnerFiles::newToken).strip();
  }

  /** The key of this home's swarm; created at the first call. */
  public SwarmKey swarmKey() throws PartFailedException {
    Path file = folder.resolve("swarm.key");
    return SwarmKey.ofFile(secret(file, () -> SwarmKey.generate(new SecureRandom()).file()));
  }

  /**
   * Records the ports of the first run, since all images here are named after its registry.
   *
   * @throws PartFailedException when the home was started with others
   */
  public void claim(Ports ports) throws PartFailedException {
    String known = secret(folder.resolve("port-offset"), () -> ports.offset() + "\n").strip();
    if (!known.equals(String.valueOf(ports.offset()))) {
      throw new PartFailedException(
          ("%s was begun with --port-offset %s, and its images are named after its registry's port:"
                  + " use that offset, or another LONGSHORE_HOME")
              .formatted(folder, known),
          null);
    }
  }

  private static String secret(Path file, Supplier<String> fresh) throws PartFailedException {
    try {
      return OwnerFiles.once(file, fresh);
    } catch (IOException e) {
      throw new PartFailedException(
          "%s could not be read or written: %s".formatted(file, e.getMessage()), e);
    }
  }
}
