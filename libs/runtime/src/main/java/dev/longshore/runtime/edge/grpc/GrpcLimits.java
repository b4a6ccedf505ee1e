package dev.longshore.runtime.edge.grpc;

import java.time.Duration;

/**
 * Limits that apply before a caller is known.
 *
 * @param connections open connections; further ones are closed. One address may hold three quarters
 *     of them
 * @param handshake time from the connection to the end of TLS and of HTTP/2's first frames
 * @param idle time without a call after which a connection is closed; also if it never makes one
 * @param age lifetime of a connection; its caller then connects again, perhaps to another server,
 *     and with its current certificate
 * @param grace time for running calls to end then
 */
record GrpcLimits(
    int connections, Duration handshake, Duration idle, Duration age, Duration grace) {
  /**
   * For programs that look things up, each over one connection; container runtimes do not use it.
   */
  static final GrpcLimits USUAL =
      new GrpcLimits(
          512,
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofMinutes(1));
}
