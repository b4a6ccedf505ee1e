package dev.longshore.bench.scale;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.InstallationName;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Peers that have all copies of {@link GeneratedImages}: they speak as much of Kubo's RPC as a
 * fleet that is at rest is asked, out of memory.
 */
final class TwinPeers implements AutoCloseable {
  private static final String RPC = "/api/v0/";
  private static final int BUFFER = 1 << 16;
  private final int images;
  private final String pinName;
  private final List<HttpServer> servers = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** How often each call was made. */
  private final Map<String, Long> calls = new ConcurrentHashMap<>();

  private final Map<String, Integer> byDag = new HashMap<>();

  private TwinPeers(int images) {
    this.images = images;
    this.pinName = PinNames.prefix(new InstallationName("default")) + "copy";
  }

  /**
   * Starts them.
   *
   * @param answersBlocks whether they can be asked for single blocks and pins, which takes memory
   */
  static TwinPeers start(int count, int images, boolean answersBlocks) throws IOException {
    TwinPeers peers = new TwinPeers(images);
    for (int i = 0; answersBlocks && i < images; i++) {
      peers.byDag.put(GeneratedImages.dag(i).toString(), i);
    }
    for (int n = 1; n <= count; n++) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      int number = n;
      server.createContext(RPC, exchange -> peers.answer(number, exchange));
      server.setExecutor(peers.threads);
      server.start();
      peers.servers.add(server);
    }
    return peers;
  }

  String rpc(int n) {
    return "http://127.0.0.1:" + servers.get(n - 1).getAddress().getPort();
  }

  /** As settings have the first of them, each in the zone of this name. */
  String settings(String... zones) {
    StringBuilder settings = new StringBuilder("peers:\n");
    for (int n = 1; n <= zones.length; n++) {
      settings.append(
          "  - {name: peer-%d, zone: %s, rpc: '%s', gateway: '%s'}\n"
              .formatted(n, zones[n - 1], rpc(n), rpc(n)));
    }
    return settings.toString();
  }

  /** How often each call was made so far. */
  String calls() {
    return calls.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(call -> call.getKey() + " " + call.getValue())
        .collect(Collectors.joining(", "));
  }

  /** How often this call was made so far. */
  long calls(String call) {
    return calls.getOrDefault(call, 0L);
  }

  private void answer(int n, HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String call = exchange.getRequestURI().getPath().substring(RPC.length());
      calls.merge(call, 1L, Long::sum);
      String asked = argument(exchange);
      switch (call) {
        case "id" -> send(exchange, id(n));
        case "repo/stat" -> send(exchange, "{\"RepoSize\":1000,\"StorageMax\":1000000000000}");
        case "swarm/connect" -> send(exchange, "{\"Strings\":[\"connect twin success\"]}");
        case "pin/ls" -> {
          if (asked.isEmpty()) {
            listAll(exchange);
          } else {
            look(exchange, asked);
          }
        }
        case "block/stat" ->
            send(exchange, "{\"Key\":\"%s\",\"Size\":%d}".formatted(asked, block(asked).length));
        case "block/get" -> send(exchange, block(asked));
        default -> refuse(exchange, "a twin does not know " + call);
      }
    }
  }

  private static String argument(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      if (parameter.startsWith("arg=")) {
        return URLDecoder.decode(parameter.substring("arg=".length()), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private byte[] block(String dag) {
    return GeneratedImages.block(byDag.getOrDefault(dag, 0));
  }

  private static String id(int n) {
    return "{\"ID\":\"%s\",\"Addresses\":[\"%s/p2p/%s\"],\"AgentVersion\":\"twin\"}"
        .formatted(
            GeneratedImages.peerId(n), GeneratedImages.peerAddress(n), GeneratedImages.peerId(n));
  }

  private void look(HttpExchange exchange, String dag) throws IOException {
    if (byDag.containsKey(dag)) {
      send(
          exchange,
          "{\"Keys\":{\"%s\":{\"Type\":\"recursive\",\"Name\":\"%s\"}}}".formatted(dag, pinName));
    } else {
      refuse(exchange, "path '" + dag + "' is not pinned");
    }
  }

  private void listAll(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (Writer out =
        new OutputStreamWriter(
            new BufferedOutputStream(exchange.getResponseBody(), BUFFER),
            StandardCharsets.US_ASCII)) {
      for (int i = 0; i < images; i++) {
        out.write(
            "{\"Cid\":\""
                + GeneratedImages.dag(i)
                + "\",\"Name\":\""
                + pinName
                + "\",\"Type\":\"recursive\"}\n");
      }
    }
  }

  private static void refuse(HttpExchange exchange, String why) throws IOException {
    byte[] body =
        "{\"Message\":\"%s\",\"Code\":0,\"Type\":\"error\"}"
            .formatted(why)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(500, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static void send(HttpExchange exchange, String json) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    send(exchange, json.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
