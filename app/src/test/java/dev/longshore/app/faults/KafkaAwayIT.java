package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.FreePorts;
import dev.longshore.app.NoSecondTry;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.Ports;
import dev.longshore.events.EventJson;
import dev.longshore.events.Hint;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Registries keep sending while Kafka is killed: what was acknowledged is stored. */
@EnabledIfSystemProperty(named = "longshore.kafka-away", matches = "true")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@ExtendWith(NoSecondTry.class)
class KafkaAwayIT {
  private static final String PREFIX = "longshore.";
  private static final String TOKEN = "a-token-of-the-test";
  private static final int SENDERS = 40;

  /** So many that a watcher that held them all would have no memory left. */
  private static final int LARGE_SENDERS = 24;

  private static final int LARGE_BYTES = 7 << 20;
  private static final int ANSWERS = 300;

  /** The watcher gives Kafka 4 s; the rest is for a machine that is busy. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);

  /** Each sender waits for its answer: on a busy machine they are few a second. */
  private static final Duration REFUSED_WITHIN = Duration.ofMinutes(5);

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern TAG = Pattern.compile("\"tag\":\"(v[0-9]+)\"");

  @TempDir Path folder;
  private final Ports ports = FreePorts.find();
  private final HttpClient client = HttpClient.newHttpClient();

  /** With connections of its own: one whose request is refused half-read is closed. */
  private final HttpClient largeClient = HttpClient.newHttpClient();

  private final AtomicInteger numbers = new AtomicInteger();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final List<HttpResponse<String>> refusals = new CopyOnWriteArrayList<>();

  @Test
  void sendersAreToldToRepeatAndNothingAcceptedIsLost() throws Exception {
    DevelopmentHome home = new DevelopmentHome(folder);
    home.claim(ports);
    JavaProgram kafka =
        new JavaProgram("kafka", List.of("--port-offset", ports.offset() + ""), folder);
    JavaProgram watcher =
        new JavaProgram("watcher", List.of("--config", settings().toString()), folder);
    kafka.start();
    try {
      try (Admin admin = Admin.create(connection())) {
        new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
      }
      watcher.start();
      long pid = watcher.pid();
      for (int i = 0; i < 50; i++) {
        assertThat(send(0)).isEqualTo(202);
      }

      kafka.kill();
      pushOnUntilEnoughAreRefused();
      assertThat(refusals)
          .allSatisfy(
              refusal -> {
                assertThat(refusal.statusCode()).isEqualTo(503);
                assertThat(refusal.headers().firstValue("Retry-After")).hasValue("1");
              });
      assertThat(refusals)
          .extracting(HttpResponse::body)
          .anySatisfy(body -> assertThat(body).contains("send it again"));

      kafka.start();
      Eventually.await("the watcher stores again", this::isAccepted);
      assertThat(watcher.pid()).isEqualTo(pid);
      assertThat(stored()).containsAll(accepted);
    } finally {
      watcher.kill();
      kafka.kill();
    }
  }

  /** Each sends again what is refused, at once, as no registry would. */
  private void pushOnUntilEnoughAreRefused() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> senders = new ArrayList<>();
      for (int i = 0; i < SENDERS + LARGE_SENDERS; i++) {
        int padding = i < SENDERS ? 0 : LARGE_BYTES;
        senders.add(
            threads.submit(
                () -> {
                  while (!enough.get()) {
                    pushOn(padding);
                  }
                  return null;
                }));
      }
      try {
        Eventually.answer(
            REFUSED_WITHIN,
            refusals::size,
            count -> count >= ANSWERS || senders.stream().anyMatch(Future::isDone));
      } finally {
        enough.set(true);
      }
      for (Future<?> sender : senders) {
        sender.get();
      }
    }
  }

  private void pushOn(int padding) throws Exception {
    try {
      send(padding);
    } catch (HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      if (padding == 0) {
        throw e;
      } // one that is refused before all of it was read may see only the end of its connection
    }
  }

  private boolean isAccepted() {
    try {
      return send(0) == 202;
    } catch (Exception e) { // an answer that does not come ends the test, too
      throw new AssertionError(e);
    }
  }

  private int send(int padding) throws Exception {
    String tag = "v" + numbers.getAndIncrement();
    String body =
        """
        {"events":[{"action":"push","target":{"mediaType":\
        "application/vnd.oci.image.manifest.v1+json","repository":"team/app","tag":"%s",\
        "digest":"sha256:%064x"}}]}%s\
        """
            .formatted(tag, 1, " ".repeat(padding));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/hooks/dev".formatted(ports.webhooks())))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/vnd.docker.distribution.events.v2+json")
            .timeout(ANSWERED_WITHIN)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer =
        (padding == 0 ? client : largeClient).send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() == 202) {
      accepted.add(tag);
    } else {
      refusals.add(answer);
    }
    return answer.statusCode();
  }

  /** The tags that are in Kafka. */
  private Set<String> stored() throws Exception {
    Set<String> tags = new HashSet<>();
    for (ConsumerRecord<String, byte[]> record :
        new TopicReader(connection(), PREFIX).all(Topic.HINTS)) {
      Hint hint = EventJson.read(record.value(), Hint.class);
      Matcher tag = TAG.matcher(new String(hint.bytes(), StandardCharsets.UTF_8));
      while (tag.find()) {
        tags.add(tag.group(1));
      }
    }
    return tags;
  }

  private Map<String, Object> connection() {
    return Map.of("bootstrap.servers", "127.0.0.1:" + ports.kafka());
  }

  private Path settings() throws Exception {
    Files.writeString(folder.resolve("token"), TOKEN);
    return Files.writeString(
        folder.resolve("watcher.yaml"),
        """
        home: %1$s
        kafka:
          bootstrap-servers: ["127.0.0.1:%2$d"]
        registries:
          - {name: dev, host: "localhost:%3$d", plain-http: true}
        watcher:
          webhooks:
            listen: 127.0.0.1:%4$d
            credentials: {token-file: %1$s/token}
        health:
          listen: 127.0.0.1:%5$d
        """
            .formatted(folder, ports.kafka(), ports.registry(), ports.webhooks(), ports.health()));
  }
}
