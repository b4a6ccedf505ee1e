package dev.longshore.app.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, driven by its DevTools protocol over a WebSocket. Whatever the
 * page's program throws, and whatever its policy forbids, is kept in {@link #complaints}.
 */
public final class Chromium implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  /** Between two looks at the page: each forces a layout. */
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path profile;
  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private String session = "";

  /** Starts it with a profile of its own, which goes when it is closed. */
  public Chromium() throws Exception {
    profile = Files.createTempDirectory("longshore-chromium");
    process =
        new ProcessBuilder(
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-extensions",
                "--no-first-run",
                "--hide-scrollbars",
                "--no-proxy-server",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("chromium.log").toFile())
            .start();
    try {
      socket =
          client
              .newWebSocketBuilder()
              .connectTimeout(ANSWER)
              .buildAsync(address(), new Messages())
              .get(ANSWER.toSeconds(), TimeUnit.SECONDS);
      ObjectNode target = JSON.createObjectNode().put("url", "about:blank");
      String id = call("Target.createTarget", target).path("targetId").asText();
      session =
          call(
                  "Target.attachToTarget",
                  JSON.createObjectNode().put("targetId", id).put("flatten", true))
              .path("sessionId")
              .asText();
      for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
        call(domain + ".enable", JSON.createObjectNode());
      }
    } catch (Exception e) {
      end();
      throw e;
    }
  }

  /** It writes the port that it took, and the path of its browser's socket, into its profile. */
  private URI address() throws IOException {
    Path file = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() >= 2) {
          return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
        }
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IOException(
        "chromium did not start: " + Files.readString(profile.resolve("chromium.log")));
  }

  /** Answers by the number of their call; events of the page. */
  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          take(JSON.readTree(text.toString()));
        } catch (IOException e) {
          complaints.add("no JSON: " + e.getMessage());
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void take(JsonNode message) {
      if (message.has("id")) {
        CompletableFuture<JsonNode> call = waiting.remove(message.path("id").asLong());
        if (call != null) {
          call.complete(message);
        }
        return;
      }
      JsonNode told = message.path("params");
      switch (message.path("method").asText()) {
        case "Runtime.exceptionThrown" -> complaints.add(told.path("exceptionDetails").toString());
        case "Runtime.consoleAPICalled" -> {
          if (told.path("type").asText().equals("error")) {
            complaints.add(told.path("args").toString());
          }
        }
        case "Log.entryAdded" -> {
          JsonNode entry = told.path("entry");
          if (entry.path("source").asText().equals("security")) {
            complaints.add(entry.path("text").asText());
          }
        }
        default -> {}
      }
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      waiting.values().forEach(call -> call.completeExceptionally(error));
    }
  }

  private JsonNode call(String method, ObjectNode parameters) throws Exception {
    long id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    socket.sendText(message.toString(), true).get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    JsonNode told = answer.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
    if (told.has("error")) {
      throw new IOException(method + ": " + told.path("error"));
    }
    return told.path("result");
  }

  /** Exceptions, errors of the console, and what a policy forbade. */
  public List<String> complaints() {
    return complaints;
  }

  /** Opens an address; does not wait for what its program shows. */
  public void open(URI address) throws Exception {
    call("Page.navigate", JSON.createObjectNode().put("url", address.toString()));
  }

  /** The value of an expression in the page; a promise is waited for. */
  public JsonNode run(String expression) throws Exception {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            JSON.createObjectNode()
                .put("expression", expression)
                .put("awaitPromise", true)
                .put("returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IOException(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** What is to be read on the page, as somebody sees it. */
  public String text() throws Exception {
    return run("document.body.innerText").asText();
  }

  /** Waits until an expression is true. */
  public void await(String expression, Duration limit) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!isTrue(expression)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not within %s: %s; the page says: %s; complaints: %s"
                .formatted(limit, expression, text(), complaints));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** False also while another document comes. */
  private boolean isTrue(String expression) throws Exception {
    try {
      return run(expression).asBoolean();
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until the page shows this text. */
  public void awaitText(String text, Duration limit) throws Exception {
    await("document.body.innerText.includes(" + quoted(text) + ")", limit);
  }

  /** Clicks what a selector finds, once it is there. */
  public void click(String selector, Duration limit) throws Exception {
    await("document.querySelector(" + quoted(selector) + ") !== null", limit);
    run("document.querySelector(" + quoted(selector) + ").click()");
  }

  /** What is wider than its place: the page, or panels by their classes; empty if all fits. */
  public String tooWide() throws Exception {
    return run("[document.documentElement, ...document.querySelectorAll('.panel')]"
            + ".filter((one) => one.scrollWidth > one.clientWidth)"
            + ".map((one) => one.className || one.tagName).join()")
        .asText();
  }

  /** Presses a key, as somebody does who types. */
  public void press(String key) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      ObjectNode event = JSON.createObjectNode().put("type", type).put("key", key);
      if (key.length() == 1 && type.equals("keyDown")) {
        event.put("text", key);
      } else if (key.equals("Enter")) {
        event.put("text", "\r").put("code", "Enter").put("windowsVirtualKeyCode", 13);
      } else if (key.equals("Tab")) {
        event.put("code", "Tab").put("windowsVirtualKeyCode", 9);
      } else if (key.equals("Escape")) {
        event.put("code", "Escape").put("windowsVirtualKeyCode", 27);
      }
      call("Input.dispatchKeyEvent", event);
    }
  }

  /** The accessibility tree: each node with its role and name. */
  public List<JsonNode> accessible() throws Exception {
    List<JsonNode> all = new ArrayList<>();
    call("Accessibility.getFullAXTree", JSON.createObjectNode())
        .path("nodes")
        .forEach(
            node -> {
              if (!node.path("ignored").asBoolean()) {
                all.add(node);
              }
            });
    return all;
  }

  /** Types into what has the focus. */
  public void type(String text) throws Exception {
    call("Input.insertText", JSON.createObjectNode().put("text", text));
  }

  /** Cuts the network off, or lets it be there again. */
  public void offline(boolean off) throws Exception {
    call(
        "Network.emulateNetworkConditions",
        JSON.createObjectNode()
            .put("offline", off)
            .put("latency", 0)
            .put("downloadThroughput", -1)
            .put("uploadThroughput", -1));
  }

  /** As a window of this size, of people who like it light or dark. */
  public void look(int width, int height, boolean dark) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 600));
    ObjectNode media = JSON.createObjectNode();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", media);
  }

  /** Writes what is to be seen as PNG. */
  public void picture(Path file) throws Exception {
    Files.createDirectories(file.toAbsolutePath().getParent());
    String data =
        call("Page.captureScreenshot", JSON.createObjectNode().put("format", "png"))
            .path("data")
            .asText();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  /** A text as JavaScript writes it. */
  public static String quoted(String text) throws IOException {
    return JSON.writeValueAsString(text);
  }

  private void end() throws Exception {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    client.close();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(Chromium::delete);
    }
  }

  /** A program that ends may still write. */
  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    end();
  }
}
