package dev.longshore.runtime.edge.http;

import dev.longshore.runtime.edge.rights.ApiCall;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request and its response, as a handler sees them. */
public final class Exchange {
  private final HttpServerRequest request;
  private final String id;
  private final ApiCall visit;
  private final byte[] body;
  private final ResponseWriter answer;

  Exchange(
      HttpServerRequest request, String id, ApiCall visit, byte[] body, ResponseWriter answer) {
    this.request = request;
    this.id = id;
    this.visit = visit;
    this.body = body;
    this.answer = answer;
  }

  /** The request's id: the caller's X-Request-Id if it is acceptable, else a generated one. */
  public String id() {
    return id;
  }

  /** The caller, admitted to the route; records the subject for the audit log. */
  public ApiCall visit() {
    return visit;
  }

  /** The key for limits: the caller's name, or its address if it has none. */
  public String countsTo() {
    return visit.caller().countsTo(RequestAuthorizer.address(request));
  }

  /** Address of the other end of the connection; null if it is gone. */
  public @Nullable String address() {
    return RequestAuthorizer.address(request);
  }

  public String method() {
    return request.method().name();
  }

  /** The path as sent: nothing decoded, nothing resolved, without the query. */
  public String path() {
    return String.valueOf(request.path());
  }

  /**
   * A parameter of the query, decoded; the first of several.
   *
   * @throws HttpFailure 400 when the query is badly encoded
   */
  public Optional<String> query(String name) throws HttpFailure {
    try {
      MultiMap params = request.params();
      return Optional.ofNullable(params.get(name));
    } catch (IllegalArgumentException malformed) {
      throw new HttpFailure(400, "BAD_REQUEST", "the query cannot be decoded", Map.of(), malformed);
    }
  }

  /**
   * All values of a parameter of the query, decoded.
   *
   * @throws HttpFailure 400 when the query is badly encoded
   */
  public List<String> queries(String name) throws HttpFailure {
    try {
      return request.params().getAll(name);
    } catch (IllegalArgumentException malformed) {
      throw new HttpFailure(400, "BAD_REQUEST", "the query cannot be decoded", Map.of(), malformed);
    }
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  /** All values of a header. */
  public List<String> headers(String name) {
    return request.headers().getAll(name);
  }

  /** The whole request body, within the listener's limit. */
  public byte[] body() {
    return body.clone();
  }

  /**
   * Answers with a body in memory; to HEAD with its length alone.
   *
   * @throws IOException when the caller is gone or reads nothing
   */
  public void send(int status, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    answer.send(status, headers, body);
  }

  /**
   * Answers with a body that is read at the caller's pace; to HEAD with its length alone, without
   * touching the stream. Nothing is sent before the first chunk is read, so that an earlier failure
   * can still become an error response. Afterwards the connection breaks if the stream fails or has
   * another length: a caller never mistakes a wrong body for a whole one.
   *
   * @param length in bytes; -1 if unknown
   * @throws IOException from the stream, or because the caller is gone or reads nothing
   */
  public void stream(int status, Map<String, String> headers, long length, InputStream body)
      throws IOException, InterruptedException {
    answer.stream(status, headers, length, body);
  }

  /**
   * The same with a body in chunks, which are not copied.
   *
   * @param underWay chunks in transit while the next one is requested
   */
  public void chunks(
      int status, Map<String, String> headers, long length, ChunkSource body, int underWay)
      throws IOException, InterruptedException {
    answer.chunks(status, headers, length, body, underWay);
  }

  /**
   * Answers with a part of a file; the system itself sends it, at any pace, while the file's bytes
   * are in memory. To HEAD with its length alone.
   *
   * @param offset of the first byte
   * @param length in bytes
   * @throws IOException when the file cannot be read, or the caller is gone or reads nothing
   */
  public void file(
      int status, Map<String, String> headers, FileChannel file, long offset, long length)
      throws IOException, InterruptedException {
    answer.file(status, headers, file, offset, length);
  }
}
