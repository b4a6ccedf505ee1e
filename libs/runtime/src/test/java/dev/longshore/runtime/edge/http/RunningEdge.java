package dev.longshore.runtime.edge.http;

import dev.longshore.events.Audited;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.runtime.service.telemetry.RecordedSpans;
import dev.longshore.settings.value.Listen;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A real listener on a free port of loopback. */
final class RunningEdge implements AutoCloseable {
  final MetricsPage metrics = new MetricsPage();
  final List<Audited> audited = new CopyOnWriteArrayList<>();
  final RecordedSpans spans = new RecordedSpans(1000);
  final HttpEdge edge;
  private final Vertx vertx = EventLoops.vertx();

  RunningEdge(
      CredentialSettings credentials, UnaryOperator<EdgeOptions> limits, List<Route> routes) {
    this(AccessSettings.of(credentials), limits, routes);
  }

  RunningEdge(AccessSettings access, UnaryOperator<EdgeOptions> limits, List<Route> routes) {
    EdgeOptions options =
        limits.apply(
            EdgeOptions.of("test", new ListenerSettings(new Listen("127.0.0.1", 0), access)));
    OpenTelemetrySdk telemetry =
        OpenTelemetrySdk.builder()
            .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(spans).build())
            .build();
    edge = new HttpEdge(vertx, options, routes, telemetry, (entry, _) -> audited.add(entry));
    try {
      edge.start();
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  static RunningEdge with(UnaryOperator<EdgeOptions> limits, Route... routes) {
    return new RunningEdge(AccessSettings.OPEN, limits, List.of(routes));
  }

  static RunningEdge serving(Route... routes) {
    return with(UnaryOperator.identity(), routes);
  }

  HttpURLConnection open(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://" + edge.address() + path).toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(20_000);
    return connection;
  }

  /** A connection that has sent these lines and an empty one. */
  Socket raw(String... lines) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.address().port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  static String body(HttpURLConnection connection) throws IOException {
    var in =
        connection.getResponseCode() < 400
            ? connection.getInputStream()
            : connection.getErrorStream();
    return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    edge.stop(Duration.ZERO);
    vertx.close().await();
  }
}
