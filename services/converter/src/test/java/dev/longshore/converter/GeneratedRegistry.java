package dev.longshore.converter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** Serves repository {@code big} with one image, whose layer is made while it is sent. */
final class GeneratedRegistry implements AutoCloseable {
  private static final byte[] CONFIG =
      "{\"os\":\"linux\",\"architecture\":\"amd64\"}".getBytes(StandardCharsets.UTF_8);

  private final GeneratedLayer layer;
  private final ImageManifest manifest;
  private final HttpServer server;
  private final AtomicReference<Interruption> interruption = new AtomicReference<>(() -> {});
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What happens when half of the layer is sent. */
  interface Interruption {
    void run() throws IOException;
  }

  GeneratedRegistry(GeneratedLayer layer) throws IOException {
    this.layer = layer;
    this.manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, CONFIG),
            List.of(layer.descriptor()));
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v2/big/manifests/", this::sendManifest);
    server.createContext("/v2/big/blobs/", this::sendBlob);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  Descriptor top() {
    return manifest.descriptor();
  }

  /** Happens once, at the next time that half of the layer is sent. */
  void atHalf(Interruption next) {
    interruption.set(next);
  }

  private void sendManifest(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", manifest.mediaType());
      exchange.sendResponseHeaders(200, manifest.raw().size());
      exchange.getResponseBody().write(manifest.raw().bytes());
    }
  }

  private void sendBlob(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean config =
          exchange
              .getRequestURI()
              .getPath()
              .endsWith(Descriptor.of(MediaType.OCI_CONFIG, CONFIG).digest().toString());
      exchange.sendResponseHeaders(200, config ? CONFIG.length : layer.descriptor().size());
      try (OutputStream out = exchange.getResponseBody()) {
        if (config) {
          out.write(CONFIG);
        } else {
          layer.writeTo(out, () -> interruption.getAndSet(() -> {}).run());
        }
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
