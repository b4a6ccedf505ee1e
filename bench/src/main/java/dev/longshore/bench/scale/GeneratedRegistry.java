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
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private final Map<String, GeneratedLayer> layers = new ConcurrentHashMap<>();
  private final Map<String, byte[]> configs = new ConcurrentHashMap<>();
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
    byte[] config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
            .formatted(layer.descriptor().digest())
            .getBytes(StandardCharsets.UTF_8);
    Descriptor configBlob = Descriptor.of(MediaType.OCI_CONFIG, config);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST), configBlob, List.of(layer.descriptor()));
    configs.put(configBlob.digest().toString(), config);
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
      byte[] config = configs.get(last(exchange));
      if (layer != null) {
        exchange.sendResponseHeaders(OK, layer.descriptor().size());
        try (OutputStream out = exchange.getResponseBody()) {
          layer.content().writeTo(out);
        }
      } else if (config != null) {
        exchange.sendResponseHeaders(OK, config.length);
        exchange.getResponseBody().write(config);
      } else {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
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
