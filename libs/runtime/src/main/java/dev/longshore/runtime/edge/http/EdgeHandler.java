package dev.longshore.runtime.edge.http;

/** Answers requests of a route, each on its own virtual thread. */
@FunctionalInterface
public interface EdgeHandler {
  /**
   * Answers, once. May block; is interrupted when the time is up or the caller is gone.
   *
   * @throws HttpFailure to answer with that error
   * @throws Exception to answer 500 and log it, or to break the connection if the response has
   *     begun
   */
  void handle(Exchange exchange) throws Exception;
}
