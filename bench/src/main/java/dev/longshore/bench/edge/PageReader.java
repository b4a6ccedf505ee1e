package dev.longshore.bench.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Asks the operations page for what a browser asks it, and follows it as its page does. */
final class PageReader implements AutoCloseable {
  private static final Pattern FILE = Pattern.compile("/assets/[^\"']+");
  private static final Pattern IMPORTED = Pattern.compile("from '\\./([^']+)'");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();
  private final AtomicLong views = new AtomicLong();
  private final int port;

  /**
   * What a browser got for a view.
   *
   * @param files the document, its style, its modules and two answers
   */
  record View(int files, long bytes) {}

  PageReader(int port) {
    this.port = port;
  }

  /** Images that the page says there are. */
  int images() throws IOException, InterruptedException {
    return mapper.readTree(get("/api/now")).at("/known/value/images").asInt();
  }

  /** A browser's first look, by one that knows no file yet; one file after the other. */
  View first() throws IOException, InterruptedException {
    String document = get("/");
    long bytes = document.length();
    int files = 1;
    Set<String> left = new TreeSet<>();
    Set<String> seen = new TreeSet<>();
    for (Matcher found = FILE.matcher(document); found.find(); ) {
      left.add(found.group());
    }
    while (!left.isEmpty()) {
      String file = left.iterator().next();
      left.remove(file);
      seen.add(file);
      String content = get(file);
      bytes += content.length();
      files++;
      for (Matcher found = IMPORTED.matcher(content); found.find(); ) {
        String imported = file.substring(0, file.lastIndexOf('/') + 1) + found.group(1);
        if (!seen.contains(imported)) {
          left.add(imported);
        }
      }
    }
    bytes += get("/api/me").length();
    bytes += get("/api/now").length();
    return new View(files + 2, bytes);
  }

  /** One page is open from now on, until this is closed: it asks again at each event. */
  void begin() {
    Thread.ofVirtual().start(this::follow);
  }

  private void follow() {
    HttpRequest live = request("/api/live").build();
    try (Stream<String> lines = client.send(live, HttpResponse.BodyHandlers.ofLines()).body()) {
      for (var each = lines.iterator(); each.hasNext(); ) {
        if (each.next().startsWith("event: ")) {
          var _ = get("/api/now");
          views.incrementAndGet();
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long views() {
    return views.get();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            request(path).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
