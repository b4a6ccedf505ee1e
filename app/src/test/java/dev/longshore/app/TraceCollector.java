package dev.longshore.app;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes what programs send to a collector of traces, as OTLP over HTTP. */
final class TraceCollector implements AutoCloseable {
  /** Of {@code opentelemetry/proto/trace/v1/trace.proto} and the service's request. */
  private static final int RESOURCE_SPANS = 1;

  private static final int SCOPE_SPANS = 2;
  private static final int SPANS = 2;
  private static final int NAME = 5;
  private static final int LINKS = 13;
  private static final int TRACE_ID = 1;

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  TraceCollector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  /**
   * A span.
   *
   * @param links traces that it refers to, in hexadecimal
   */
  record Span(String name, Set<String> links) {}

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Those that came so far. */
  List<Span> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      UnknownFieldSet request = UnknownFieldSet.parseFrom(exchange.getRequestBody().readAllBytes());
      Stream.of(request)
          .flatMap(each -> inner(each, RESOURCE_SPANS))
          .flatMap(each -> inner(each, SCOPE_SPANS))
          .flatMap(each -> inner(each, SPANS))
          .map(TraceCollector::span)
          .forEach(spans::add);
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Span span(UnknownFieldSet span) {
    return new Span(
        bytes(span, NAME).map(ByteString::toStringUtf8).findFirst().orElse(""),
        inner(span, LINKS)
            .flatMap(link -> bytes(link, TRACE_ID))
            .map(id -> HexFormat.of().formatHex(id.toByteArray()))
            .collect(Collectors.toSet()));
  }

  private static Stream<UnknownFieldSet> inner(UnknownFieldSet message, int field) {
    return bytes(message, field)
        .map(
            bytes -> {
              try {
                return UnknownFieldSet.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("field " + field + " is no message", e);
              }
            });
  }

  private static Stream<ByteString> bytes(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().stream();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
