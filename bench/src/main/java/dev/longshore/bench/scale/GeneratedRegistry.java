package dev.longshore.bench.scale;

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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The reading half of a registry, over layers that are made while they are sent. */
final class GeneratedRegistry implements AutoCloseable {
  static final String REPOSITORY = "bench/generated";
  private static final byte[] CONFIG =
      "{\"os\":\"linux\",\"architecture\":\"amd64\"}".getBytes(StandardCharsets.UTF_8);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private final Map<String, GeneratedLayer> layers = new ConcurrentHashMap<>();
  private final Map<String, ImageManifest> manifests = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  GeneratedRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v2/" + REPOSITORY + "/manifests/", this::manifest);
    server.createContext("/v2/" + REPOSITORY + "/blobs/", this::blob);
    server.start();
  }

  /** {@code host:port}. */
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** An image of this layer alone. */
  Descriptor add(GeneratedLayer layer) {
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, CONFIG),
            List.of(layer.descriptor()));
    layers.put(layer.descriptor().digest().toString(), layer);
    manifests.put(manifest.digest().toString(), manifest);
    return manifest.descriptor();
  }

  private void manifest(HttpExchange exchange) throws IOException {
    try (exchange) {
      ImageManifest manifest = manifests.get(last(exchange));
      if (manifest == null) {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", manifest.mediaType());
      exchange.sendResponseHeaders(OK, manifest.raw().size());
      exchange.getResponseBody().write(manifest.raw().bytes());
    }
  }

  private void blob(HttpExchange exchange) throws IOException {
    try (exchange) {
      GeneratedLayer layer = layers.get(last(exchange));
      boolean config =
          Descriptor.of(MediaType.OCI_CONFIG, CONFIG).digest().toString().equals(last(exchange));
      if (layer == null && !config) {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
        return;
      }
      exchange.sendResponseHeaders(OK, layer == null ? CONFIG.length : layer.descriptor().size());
      try (OutputStream out = exchange.getResponseBody()) {
        if (layer == null) {
          out.write(CONFIG);
        } else {
          layer.writeTo(out);
        }
      }
    }
  }

  private static String last(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
