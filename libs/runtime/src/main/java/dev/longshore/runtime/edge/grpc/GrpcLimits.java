package dev.longshore.runtime.edge.grpc;

import java.time.Duration;

/**
 * What callers may take before anybody knows who they are.
 *
 * @param connections open; one more is closed. One address has three quarters of them at most
 * @param handshake from the connection to the end of TLS and of HTTP/2's first frames
 * @param idle a connection without a call for so long is closed; so is one that never makes any
 * @param age a connection is closed after so long, and its caller connects again: to another one of
 *     several servers perhaps, and with the certificate that it has by then
 * @param grace what calls under way have then
 */
record GrpcLimits(
    int connections, Duration handshake, Duration idle, Duration age, Duration grace) {
  /** Programs look things up here, each over one connection; no container runtime does. */
  static final GrpcLimits USUAL =
      new GrpcLimits(
          512,
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofMinutes(1));
}
