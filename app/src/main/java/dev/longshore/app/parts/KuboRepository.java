package dev.longshore.app.parts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.ipfs.kubo.KuboIdentity;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.KuboSettings;
import dev.longshore.ipfs.kubo.SwarmKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** The repository of a Kubo that this program makes and starts, in a private swarm. */
public record KuboRepository(Path folder) {
  private static final String LOCK = "repo.lock";

  /** Whether it is whole. */
  public boolean isThere() {
    return Files.exists(config());
  }

  private Path config() {
    return folder.resolve("config");
  }

  /** Makes it unless it is there. What a start that was broken off left of one is made anew. */
  public void make(KuboPorts ports, SwarmKey key) throws IOException {
    if (isThere()) {
      return;
    }
    for (String begun : List.of("swarm.key", "version", "datastore_spec")) {
      Files.deleteIfExists(folder.resolve(begun));
    }
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    new KuboSettings(KuboIdentity.generate(), ports, KuboSettings.STORAGE_MAX, Optional.empty())
        .writeRepository(folder, key);
  }

  /** Has it listen there from its next start on. */
  void listen(KuboPorts ports) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode read = json.readTree(Files.readAllBytes(config()));
    if (!(read instanceof ObjectNode settings)) {
      throw new IOException(config() + ": is no Kubo configuration");
    }
    ObjectNode addresses = settings.withObject("/Addresses");
    String rpc = multiaddress(ports.host(), ports.rpc());
    String gateway = multiaddress(ports.host(), ports.gateway());
    if (!rpc.equals(addresses.path("API").asText())
        || !gateway.equals(addresses.path("Gateway").asText())) {
      addresses.put("API", rpc).put("Gateway", gateway);
      OwnerFiles.write(
          config(), json.writerWithDefaultPrettyPrinter().writeValueAsString(settings));
    }
  }

  private static String multiaddress(String host, int port) {
    return "/ip4/" + host + "/tcp/" + port;
  }

  /** Ports of its RPC and its gateway; empty if they are none on this machine's loopback. */
  public Optional<KuboPorts> ports() throws IOException {
    JsonNode addresses =
        new ObjectMapper().readTree(Files.readAllBytes(config())).path("Addresses");
    Optional<Integer> rpc = port(addresses.path("API").asText());
    Optional<Integer> gateway = port(addresses.path("Gateway").asText());
    return rpc.isPresent() && gateway.isPresent()
        ? Optional.of(KuboPorts.loopback(rpc.get(), gateway.get(), 0))
        : Optional.empty();
  }

  private static Optional<Integer> port(String multiaddress) {
    String loopback = multiaddress(KuboPorts.loopback(0, 0, 0).host(), 0);
    String prefix = loopback.substring(0, loopback.length() - 1);
    String port = multiaddress.startsWith(prefix) ? multiaddress.substring(prefix.length()) : "";
    return port.matches("[1-9][0-9]{0,4}") ? Optional.of(Integer.valueOf(port)) : Optional.empty();
  }

  /** Whether a process has it open. A lock file alone, as a kill leaves it, says nothing. */
  boolean isHeld() throws IOException {
    Path lock = folder.resolve(LOCK);
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      FileLock taken = channel.tryLock();
      return taken == null;
    }
  }
}
