package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.runtime.edge.http.ChunkSource;
import dev.longshore.runtime.edge.http.EdgeHandler;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The registry on an HTTP edge. */
public final class RegistryRoute implements EdgeHandler {
  private static final List<String> PARAMETERS =
      List.of(RequestParser.NAMESPACE, "n", "last", "artifactType");
  private static final List<String> HEADERS = List.of("if-none-match", "range", "if-range");

  /** Errors found by the edge, with the registry's codes. */
  private static final ErrorBodies ERRORS =
      (failure, requestId) ->
          RegistryResponse.errorJson(
              code(failure), failure.reason() + " (request " + requestId + ")");

  /** Chunks that a client has not taken yet: the most buffers that it may hold. */
  private static final int UNDER_WAY = 2;

  private final RegistryApi api;

  private RegistryRoute(RegistryApi api) {
    this.api = api;
  }

  /** {@code /v2}, where clients check whether they are admitted, and everything below it. */
  public static List<Route> of(RegistryApi api) {
    RegistryRoute handler = new RegistryRoute(api);
    Set<String> reads = Set.of("GET", "HEAD");
    return List.of(
        new Route(
            "/v2/",
            null,
            reads,
            path -> path.equals("/v2") || path.equals("/v2/"),
            ERRORS,
            handler),
        new Route("/v2", Scope.PULL, reads, path -> path.startsWith("/v2/"), ERRORS, handler));
  }

  @Override
  public void handle(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    RegistryResponse answer = api.answer(call(exchange), exchange.visit());
    switch (answer.body()) {
      case Body.Bytes body -> exchange.send(answer.status(), answer.headers(), body.bytes());
      case Body.Announced(long length) ->
          exchange.stream(answer.status(), answer.headers(), length, InputStream.nullInputStream());
      case Body.Piece(FileChannel file, long offset, long length) -> {
        try (file) {
          exchange.file(answer.status(), answer.headers(), file, offset, length);
        }
      }
      case Body.Flow(long length, InputStream stream) -> {
        try (stream) {
          if (stream instanceof ChunkSource chunks) {
            exchange.chunks(answer.status(), answer.headers(), length, chunks, UNDER_WAY);
          } else {
            exchange.stream(answer.status(), answer.headers(), length, stream);
          }
        } catch (UnavailableException e) {
          // Before the first byte this is the answer; afterwards the edge breaks the connection.
          throw RegistryApi.failure(e);
        }
      }
    }
  }

  private static RegistryCall call(Exchange exchange) throws HttpFailure {
    Map<String, String> query = new LinkedHashMap<>();
    for (String name : PARAMETERS) {
      exchange.query(name).ifPresent(value -> query.put(name, value));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : HEADERS) {
      exchange.header(name).ifPresent(value -> headers.put(name, value));
    }
    return new RegistryCall(
        exchange.method(), exchange.path(), query, headers, exchange.countsTo());
  }

  private static String code(HttpFailure failure) {
    return switch (failure.status()) {
      case 401 -> "UNAUTHORIZED";
      case 403 -> OciError.Code.DENIED.name();
      case 405 -> OciError.Code.UNSUPPORTED.name();
      case 503 ->
          failure.code().equals(OciError.Code.UNAVAILABLE.name())
              ? failure.code()
              : OciError.Code.TOOMANYREQUESTS.name();
      default -> failure.code();
    };
  }
}
