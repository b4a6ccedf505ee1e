package dev.longshore.app.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ports of a development run, all on loopback.
 *
 * @param offset added to each, so that two runs can coexist
 */
public record Ports(int offset) {
  /** Kubo nodes that keep copies. */
  public static final int PEERS = 3;

  /** Sites that a run may have beside it. */
  public static final int SITES = 4;

  private static final int LAST = 65_535;
  private static final int HIGHEST = 9_093;

  public Ports {
    if (offset < 0 || offset > LAST - HIGHEST) {
      throw new IllegalArgumentException(
          "port offset: " + offset + " (expected: 0 to " + (LAST - HIGHEST) + ")");
    }
  }

  public int registry() {
    return 5055 + offset;
  }

  public int resolver() {
    return 5050 + offset;
  }

  public int resolverGrpc() {
    return 5051 + offset;
  }

  public int webhooks() {
    return 5052 + offset;
  }

  public int pinner() {
    return 5053 + offset;
  }

  public int pinnerGrpc() {
    return 5054 + offset;
  }

  public int health() {
    return 5056 + offset;
  }

  public int ops() {
    return 5080 + offset;
  }

  public int kafka() {
    return 9092 + offset;
  }

  public int kafkaController() {
    return HIGHEST + offset;
  }

  /** RPC of node n; 1 to {@link #PEERS} keep copies, 0 is the resolver's own. */
  public int kuboRpc(int n) {
    return 5101 + n + offset;
  }

  public int kuboGateway(int n) {
    return 8181 + n + offset;
  }

  public int kuboSwarm(int n) {
    return 4101 + n + offset;
  }

  /**
   * The ports of a site beside the run.
   *
   * @param n 1 to {@link #SITES}
   */
  public SitePorts site(int n) {
    return new SitePorts(6040 + 10 * n + offset);
  }

  /** Five in a row from the first on. */
  public record SitePorts(int resolver) {
    public int resolverGrpc() {
      return resolver + 1;
    }

    public int health() {
      return resolver + 2;
    }

    public int kuboRpc() {
      return resolver + 3;
    }

    public int kuboGateway() {
      return resolver + 4;
    }

    private void putAll(Map<Integer, String> ports, String site) {
      ports.put(resolver, site + " resolver");
      ports.put(resolverGrpc(), site + " resolver gRPC");
      ports.put(health(), site + " health and metrics");
      ports.put(kuboRpc(), site + " kubo RPC");
      ports.put(kuboGateway(), site + " kubo gateway");
    }
  }

  /** Fails with the name of the first port that something else listens on. */
  public void checkFree() throws PartFailedException {
    checkFree(0);
  }

  /**
   * The same with the ports of sites.
   *
   * @param sites so many
   */
  public void checkFree(int sites) throws PartFailedException {
    for (Map.Entry<Integer, String> port : wanted(sites).entrySet()) {
      if (!isFree(port.getKey())) {
        throw taken(port, "end what listens there");
      }
    }
  }

  /**
   * All of them, and what each is for.
   *
   * @param sites so many sites are beside the run
   */
  public Map<Integer, String> wanted(int sites) {
    Map<Integer, String> wanted = all();
    for (int n = 1; n <= sites; n++) {
      site(n).putAll(wanted, "site-" + n);
    }
    return wanted;
  }

  private PartFailedException taken(Map.Entry<Integer, String> port, String what) {
    return new PartFailedException(
        "port %d (%s) is taken: %s, or move all ports with --port-offset %d"
            .formatted(port.getKey(), port.getValue(), what, offset + 1000),
        null);
  }

  /**
   * As {@link #checkFree(int)}, and keeps other runs from them until that is closed.
   *
   * @param sites so many
   */
  public PortClaim claim(int sites) throws PartFailedException {
    PortClaim claim = new PortClaim();
    try {
      for (Map.Entry<Integer, String> port : wanted(sites).entrySet()) {
        if (!claim.take(port.getKey())) {
          throw taken(port, "another run that begins, or ends, has it: end that one");
        }
      }
      checkFree(sites);
      return claim;
    } catch (IOException e) {
      claim.close();
      throw new PartFailedException("claim the ports of the run: " + e.getMessage(), e);
    } catch (PartFailedException e) {
      claim.close();
      throw e;
    }
  }

  /** Whether nothing listens there on loopback. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private Map<Integer, String> all() {
    Map<Integer, String> ports = new TreeMap<>();
    ports.put(registry(), "registry");
    ports.put(resolver(), "resolver");
    ports.put(resolverGrpc(), "resolver gRPC");
    ports.put(webhooks(), "watcher's webhooks");
    ports.put(pinner(), "pinner API");
    ports.put(pinnerGrpc(), "pinner gRPC");
    ports.put(health(), "health and metrics");
    ports.put(ops(), "operations page");
    ports.put(kafka(), "kafka");
    ports.put(kafkaController(), "kafka controller");
    for (int n = 0; n <= PEERS; n++) {
      ports.put(kuboRpc(n), "kubo " + n + " RPC");
      ports.put(kuboGateway(n), "kubo " + n + " gateway");
      ports.put(kuboSwarm(n), "kubo " + n + " swarm");
    }
    return ports;
  }
}
