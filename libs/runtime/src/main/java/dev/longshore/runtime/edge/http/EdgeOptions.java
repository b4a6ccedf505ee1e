package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.ListenerSettings;
import java.time.Duration;

/**
 * The limits of a listener.
 *
 * @param name such as {@code resolver}; for errors, metrics and spans
 * @param listener its address, and what callers must show
 * @param maxConcurrent concurrent requests; further ones get 503. One caller may hold three
 *     quarters of them
 * @param maxConnections open connections, after TLS; further ones are closed. One address may hold
 *     three quarters of them
 * @param maxHeaderBytes of a request; more gets 431
 * @param maxBodyBytes of a request, held in memory; more gets 413
 * @param answerWithin time from the request's first byte to the response's; after it 408 or 504
 * @param stall a caller that neither reads nor sends for this long is cut off
 * @param firstRequest time from the connection to the headers of its first admitted request; after
 *     it the connection is closed. A body that must prove its sender has as much, after it 408
 */
public record EdgeOptions(
    String name,
    ListenerSettings listener,
    int maxConcurrent,
    int maxConnections,
    int maxHeaderBytes,
    int maxBodyBytes,
    Duration answerWithin,
    Duration stall,
    Duration firstRequest) {

  /** A container runtime pulls a few layers at once; hundreds of nodes may do so together. */
  public static final int MAX_CONCURRENT = 256;

  /** In addition to concurrent requests, idle connections stay open. */
  public static final int MAX_CONNECTIONS = 2048;

  /** Bearer tokens of registries reach 8 KiB. */
  public static final int MAX_HEADER_BYTES = 16 * 1024;

  /** Webhooks for a push of many platforms stay far below. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** A client connects because it has a request. */
  public static final Duration FIRST_REQUEST = Duration.ofSeconds(10);

  public EdgeOptions {
    if (maxConcurrent < 1 || maxConnections < 1 || maxHeaderBytes < 1024 || maxBodyBytes < 0) {
      throw new IllegalArgumentException(
          "limits of " + name + " (expected: above 0, headers 1024 or more)");
    }
    if (!answerWithin.isPositive() || !stall.isPositive() || !firstRequest.isPositive()) {
      throw new IllegalArgumentException("times of " + name + " (expected: above 0)");
    }
  }

  /** The limits above, an answer within 60 s, 30 s without progress. */
  public static EdgeOptions of(String name, ListenerSettings listener) {
    return new EdgeOptions(
        name,
        listener,
        MAX_CONCURRENT,
        MAX_CONNECTIONS,
        MAX_HEADER_BYTES,
        MAX_BODY_BYTES,
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        FIRST_REQUEST);
  }

  public EdgeOptions withMaxConcurrent(int requests) {
    return new EdgeOptions(
        name,
        listener,
        requests,
        maxConnections,
        maxHeaderBytes,
        maxBodyBytes,
        answerWithin,
        stall,
        firstRequest);
  }

  public EdgeOptions withMaxBodyBytes(int bytes) {
    return new EdgeOptions(
        name,
        listener,
        maxConcurrent,
        maxConnections,
        maxHeaderBytes,
        bytes,
        answerWithin,
        stall,
        firstRequest);
  }

  /** No request takes longer to arrive, so a connection without one for this long is useless. */
  Duration idle() {
    return answerWithin.plus(stall);
  }

  public EdgeOptions withFirstRequest(Duration within) {
    return new EdgeOptions(
        name,
        listener,
        maxConcurrent,
        maxConnections,
        maxHeaderBytes,
        maxBodyBytes,
        answerWithin,
        stall,
        within);
  }

  /** Changes both times. */
  public EdgeOptions withTimes(Duration answerWithin, Duration stall) {
    return new EdgeOptions(
        name,
        listener,
        maxConcurrent,
        maxConnections,
        maxHeaderBytes,
        maxBodyBytes,
        answerWithin,
        stall,
        firstRequest);
  }
}
