package dev.longshore.bench.edge;

/**
 * What went over a line in both directions, as its network device counts: each packet with its
 * Ethernet, IP and TCP headers, the acknowledgements too.
 *
 * @param bytes of whole packets
 */
record LineBytes(long bytes, long packets) {
  /** Ethernet 14, IPv4 20, TCP 32 with its timestamps. */
  static final int HEADERS = 66;

  LineBytes since(LineBytes before) {
    return new LineBytes(bytes - before.bytes, packets - before.packets);
  }

  /** What TCP carried: TLS, HTTP, requests, reports, blocks. */
  long overTcp() {
    return bytes - HEADERS * packets;
  }
}
