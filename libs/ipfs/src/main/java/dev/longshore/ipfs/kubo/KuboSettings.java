package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The settings of a node in a private swarm: no DHT, no bootstrap, no discovery, no relay, nothing
 * provided; a gateway that never fetches; a flatfs store and no garbage collection unasked.
 *
 * <p>Tested with Kubo 0.43.1 (repository version 18).
 *
 * @param identity the node's identity
 * @param ports the ports it listens on
 * @param storageMax Kubo's limit in its own notation, {@code 10GB}
 * @param authorization what callers of the RPC must send; empty for none, on loopback only
 */
public record KuboSettings(
    KuboIdentity identity,
    KuboPorts ports,
    String storageMax,
    Optional<RpcCredential> authorization) {
  /** What a node may store unless told otherwise. */
  public static final String STORAGE_MAX = "20GB";

  private static final String REPO_VERSION = "18\n";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Content of the repository's {@code config} file. It holds the private key. */
  public String config() {
    ObjectNode config = NODES.objectNode();
    config
        .putObject("Identity")
        .put("PeerID", identity.peerId())
        .put("PrivKey", identity.privateKey());
    datastore(config);
    addresses(config);
    isolation(config);
    gateway(config);
    authorization.ifPresent(credential -> authorize(config, credential));
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings cannot be written", e);
    }
  }

  /**
   * Writes a whole new repository, as {@code ipfs init} would, readable by its owner alone.
   *
   * @throws IOException when there is one already, or it cannot be written
   */
  public void writeRepository(Path repository, SwarmKey key) throws IOException {
    Files.createDirectories(repository);
    write(repository.resolve("swarm.key"), key.file());
    write(repository.resolve("version"), REPO_VERSION);
    write(repository.resolve("datastore_spec"), DatastoreSpec.onDisk());
    // Last: a repository with a config counts as complete.
    write(repository.resolve("config"), config());
  }

  private static void write(Path file, String content) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
  }

  private void datastore(ObjectNode config) {
    ObjectNode datastore = config.putObject("Datastore");
    datastore
        .put("StorageMax", storageMax)
        .put("StorageGCWatermark", 90)
        .put("GCPeriod", "1h")
        .put("HashOnRead", false)
        .put("BloomFilterSize", 0);
    datastore.set("Spec", DatastoreSpec.configured());
  }

  private void addresses(ObjectNode config) {
    String tcp = "/ip4/" + ports.host() + "/tcp/";
    ObjectNode addresses = config.putObject("Addresses");
    addresses.putArray("Swarm").add(tcp + ports.swarm());
    addresses.putArray("Announce");
    addresses.putArray("AppendAnnounce");
    addresses.putArray("NoAnnounce");
    addresses.put("API", tcp + ports.rpc()).put("Gateway", tcp + ports.gateway());
  }

  private static void isolation(ObjectNode config) {
    config.putArray("Bootstrap");
    config.putObject("Routing").put("Type", "none").putArray("DelegatedRouters");
    config.putObject("Discovery").putObject("MDNS").put("Enabled", false);
    config.putObject("AutoConf").put("Enabled", false);
    config.putObject("AutoTLS").put("Enabled", false);
    config.putObject("Ipns").putArray("DelegatedPublishers");
    config.putObject("DNS").putObject("Resolvers");
    config.putObject("Provide").put("Enabled", false);
    config.putObject("HTTPRetrieval").put("Enabled", false);
    ObjectNode swarm = config.putObject("Swarm");
    swarm.put("DisableNatPortMap", true);
    // Beyond the high water mark idle connections are closed down to the low one: Kubo's own
    // marks, which a swarm of a few sites never reaches.
    swarm
        .putObject("ConnMgr")
        .put("Type", "basic")
        .put("LowWater", 32)
        .put("HighWater", 96)
        .put("GracePeriod", "20s");
    swarm.putObject("RelayClient").put("Enabled", false);
    swarm.putObject("RelayService").put("Enabled", false);
    swarm.putObject("Transports").putObject("Network").put("Relay", false);
  }

  private static void gateway(ObjectNode config) {
    config.putObject("Gateway").put("NoFetch", true).put("NoDNSLink", true);
  }

  private static void authorize(ObjectNode config, RpcCredential credential) {
    ObjectNode longshore =
        config.putObject("API").putObject("Authorizations").putObject("longshore");
    longshore.put(
        "AuthSecret",
        switch (credential) {
          case RpcCredential.Bearer bearer -> "bearer:" + bearer.token();
          case RpcCredential.Basic basic -> "basic:" + basic.user() + ":" + basic.password();
          case RpcCredential.None none ->
              throw new IllegalArgumentException("authorization: none (expected: a credential)");
        });
    longshore.putArray("AllowedPaths").add("/api/v0");
  }
}
