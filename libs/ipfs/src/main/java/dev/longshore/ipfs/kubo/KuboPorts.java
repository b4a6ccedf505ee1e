package dev.longshore.ipfs.kubo;

/**
 * The TCP ports of one node.
 *
 * @param host a loopback address, or 0.0.0.0 inside a container whose network keeps strangers out
 * @param rpc port of the RPC
 * @param gateway port of the gateway
 * @param swarm port for peers; 0 for any free one
 */
public record KuboPorts(String host, int rpc, int gateway, int swarm) {
  public KuboPorts {
    for (int port : new int[] {rpc, gateway, swarm}) {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
    }
  }

  public static KuboPorts loopback(int rpc, int gateway, int swarm) {
    return new KuboPorts("127.0.0.1", rpc, gateway, swarm);
  }
}
