package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.FreePorts;
import dev.longshore.app.Longshore;
import dev.longshore.app.ServiceName;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.SiteName;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.runtime.testing.SharedKafka;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.sites.Admission;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.Group;
import dev.longshore.sites.JoinRequest;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hubs on a real Kafka, and the commands that let sites in and shut them out. */
class SitesIT {
  private static final String PREFIX = "sites.";

  /** Promised of a hub that runs and reaches Kafka. */
  private static final Duration PROMISED = Duration.ofSeconds(10);

  private static final Pattern LINE =
      Pattern.compile(
          "longshore site join http://127\\.0\\.0\\.1:\\d+ [a-z0-9-]+"
              + " --token (longshore_join_[A-Za-z0-9_-]{43})"
              + " --key [0-9a-f]{16}:[A-Za-z0-9_-]{43}\n");

  @TempDir static Path folder;
  private static final List<Ports> PORTS = FreePorts.find(2);
  private static final List<Lifecycle> STARTED = new ArrayList<>();
  private final CommandRun command = new CommandRun();
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    CommandRun topics = new CommandRun();
    assertThat(topics.run("topics", "--create", "--config", config(0).toString()))
        .as(topics.err())
        .isZero();
    for (int hub = 0; hub < PORTS.size(); hub++) {
      Settings settings =
          new ConfigLoader<>(Settings.class)
              .load(new ConfigSources(config(hub), Map.of(), List.of()))
              .settings();
      Longshore longshore =
          new Longshore(
              FollowedSettings.fixed(settings), Set.of(ServiceName.RESOLVER), false, List.of());
      Lifecycle lifecycle = new Lifecycle(longshore.parts(), Duration.ofSeconds(5));
      lifecycle.start();
      STARTED.add(lifecycle);
    }
  }

  private static Path config(int hub) throws Exception {
    Ports its = PORTS.get(hub);
    return Files.writeString(
        folder.resolve("hub-" + hub + ".yaml"),
        """
        home: %s
        instance: hub-%d
        kafka: {bootstrap-servers: ["%s"], topic-prefix: "%s"}
        health: {listen: "127.0.0.1:%d"}
        resolver:
          listen: "127.0.0.1:%d"
          grpc-listen: "127.0.0.1:%d"
          kubo: {name: own, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
        sites:
          url: "%s"
          signing-key-file: %s
          groups: [{name: shops}]
        """
            .formatted(
                folder.resolve("home-" + hub),
                hub,
                SharedKafka.broker().connection().get("bootstrap.servers"),
                PREFIX,
                its.health(),
                its.resolver(),
                its.resolverGrpc(),
                url(0),
                folder.resolve("signing.pem")));
  }

  private static String url(int hub) {
    return "http://127.0.0.1:" + PORTS.get(hub).resolver();
  }

  @AfterAll
  static void stop() throws Exception {
    for (Lifecycle one : STARTED.reversed()) {
      one.stop();
    }
  }

  @AfterEach
  void close() {
    client.close();
  }

  private int site(String... arguments) {
    return command.run(
        Stream.concat(
                Stream.concat(Stream.of("site"), Stream.of(arguments)),
                Stream.of("--config", folder.resolve("hub-0.yaml").toString()))
            .toArray(String[]::new));
  }

  private String added(String name) {
    assertThat(site("add", name, "--group", "shops")).as(command.err()).isZero();
    Matcher line = LINE.matcher(command.out());
    assertThat(line.matches()).as(command.out()).isTrue();
    return line.group(1);
  }

  private HttpRequest request(int hub, String path, String secret, byte[] body) {
    return HttpRequest.newBuilder(URI.create(url(hub) + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + secret)
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private HttpRequest join(int hub, String name, String token, String node) throws Exception {
    byte[] body = SiteJson.write(new JoinRequest(node, "0.2.0"));
    return request(hub, SitePaths.join(new SiteName(name)), token, body);
  }

  private HttpRequest renew(int hub, String credential) {
    return request(hub, SitePaths.credential(new SiteName("store-17")), credential, new byte[0]);
  }

  /** Asks until the answer has the status; tells how long that took. */
  private HttpResponse<byte[]> answered(int status, HttpRequest request) throws Exception {
    long began = System.nanoTime();
    while (true) {
      HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
      Duration after = Duration.ofNanos(System.nanoTime() - began);
      if (answer.statusCode() == status) {
        assertThat(after).as("%s %d", request.uri(), status).isLessThan(PROMISED);
        return answer;
      }
      assertThat(after).as(new String(answer.body(), StandardCharsets.UTF_8)).isLessThan(PROMISED);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  @Test
  void aSiteIsAddedJoinsRenewsAndIsShutOutAtBothHubs() throws Exception {
    Admission joined =
        SiteJson.read(
            answered(201, join(0, "store-17", added("store-17"), "shop-1")).body(),
            Admission.class);
    assertThat(joined.keys()).hasSize(1);
    Admission next =
        SiteJson.read(answered(200, renew(1, joined.credential())).body(), Admission.class);
    assertThat(next.joinedAt()).isEqualTo(joined.joinedAt());
    Admission last =
        SiteJson.read(answered(200, renew(0, next.credential())).body(), Admission.class);

    assertThat(site("list")).isZero();
    assertThat(command.out())
        .containsPattern("(?m)^store-17 \\(shops\\) joined \\d+s ago; no report$");
    assertThat(site("show", "store-17", "--json")).isZero();
    JsonNode shown = new ObjectMapper().readTree(command.out());
    assertThat(shown.get("credentials").findValuesAsText("node")).contains("shop-1");
    assertThat(command.out()).doesNotContain("longshore_");

    assertThat(site("revoke", "store-17")).isZero();
    answered(401, renew(0, last.credential()));
    answered(401, renew(1, last.credential()));
    assertThat(site("revoke", "store-17")).isZero();
    assertThat(command.out()).isEqualTo("store-17 was revoked already\n");
    assertThat(site("revoke", "store-18")).isEqualTo(1);
    assertThat(command.err()).contains("store-18: there is none");

    answered(201, join(1, "store-17", added("store-17"), "shop-1"));
  }

  @Test
  void ofManyWhoShowOneTokenAtBothHubsAtOnceOneJoins() throws Exception {
    String token = added("depot");
    // Both know the site's tokens once they know a later one.
    String later = added("depot");
    answered(201, join(0, "depot", later, "shop-0"));
    answered(401, join(1, "depot", later, "shop-0"));
    List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      asked.add(
          client.sendAsync(
              join(i % 2, "depot", token, "shop-" + (i + 1)), BodyHandlers.ofByteArray()));
    }
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<byte[]>> each : asked) {
      statuses.add(each.get().statusCode());
    }
    assertThat(statuses)
        .as("one token, six requests")
        .isSubsetOf(201, 401, 503)
        .containsOnlyOnce(201);
    assertThat(site("show", "depot")).isZero();
    assertThat(command.out().lines().filter(line -> line.contains("credential of node")))
        .hasSize(2);
  }

  @Test
  void whatPeopleAskOfASiteIsToldAtBothHubs() throws Exception {
    String credential =
        SiteJson.read(
                answered(201, join(0, "kiosk", added("kiosk"), "shop-1")).body(), Admission.class)
            .credential();

    assertThat(site("pause", "kiosk", "--for", "8h")).as(command.err()).isZero();
    awaitTold(credential, Group::paused);
    assertThat(site("list")).isZero();
    assertThat(command.out()).containsPattern("(?m)^kiosk \\(shops\\) .*, paused until 20");

    assertThat(site("sync", "kiosk", "--now")).as(command.err()).isZero();
    awaitTold(credential, group -> group.paused() && group.syncAt() != null);

    assertThat(site("resume", "kiosk")).as(command.err()).isZero();
    awaitTold(credential, group -> !group.paused());
    assertThat(site("pause", "nobody")).isEqualTo(1);
  }

  private void awaitTold(String credential, Predicate<Group> wanted) throws Exception {
    String path = SitePaths.changes(new SiteName("kiosk")) + "?wait=0s";
    for (int hub = 0; hub < PORTS.size(); hub++) {
      HttpRequest ask = request(hub, path, credential, new byte[0]);
      long end = System.nanoTime() + PROMISED.toNanos();
      for (Group told = group(answered(200, ask).body());
          !wanted.test(told);
          told = group(answered(200, ask).body())) {
        assertThat(System.nanoTime()).as("hub %d tells %s", hub, told).isLessThan(end);
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }

  /** The first line of an answer. */
  private static Group group(byte[] answer) throws Exception {
    String line = new String(answer, StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
    return Objects.requireNonNull(
        SiteJson.read(line.getBytes(StandardCharsets.UTF_8), ChangeLine.class).group());
  }
}
