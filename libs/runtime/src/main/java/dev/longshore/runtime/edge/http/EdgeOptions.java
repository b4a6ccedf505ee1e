package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.access.ListenerSettings;
import java.time.Duration;

/**
 * The limits of a listener.
 *
 * @param name such as {@code resolver}; stands in errors, metrics and spans
 * @param listener where, and what callers must show
 * @param maxConcurrent requests under way; one more is answered 503. One caller has three quarters
 *     of them at most
 * @param maxConnections connections open, once TLS is agreed on; one more is closed. One address
 *     has three quarters of them at most
 * @param maxHeaderBytes of a request; more is answered 431
 * @param maxBodyBytes of a request, held in memory; more is answered 413
 * @param answerWithin from the request's first byte to the answer's; later it is 408 or 504
 * @param stall a caller who takes nothing for this long, or sends nothing, is cut off
 * @param firstRequest from the connection to the headers of its first request that is let in, while
 *     nobody knows who is there; later it is closed
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

  /** Beyond the concurrent requests there are idle connections that are kept open. */
  public static final int MAX_CONNECTIONS = 2048;

  /** Bearer tokens of registries reach 8 KiB. */
  public static final int MAX_HEADER_BYTES = 16 * 1024;

  /** Webhooks of a push of many platforms stay far below. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** Who connects has something to ask. */
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

  /**
   * No request takes longer to come whole, so a connection without one for so long is of no use.
   */
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
