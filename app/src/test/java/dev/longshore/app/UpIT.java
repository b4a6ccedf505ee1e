package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.deploy.SiteQueries;
import dev.longshore.app.parts.Ports;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A development run from its first start to its last end, with commands in JVMs of their own. */
class UpIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final Ports ports = FreePorts.find();
  private final RepositoryName name =
      new RepositoryName(new RegistryHost("localhost:" + ports.registry()), "team/app");
  private final Reference image = Reference.tagged(name, "1.0");

  @Test
  void mirrorsWhatIsPushedKeepsItOverARestartAndKnowsItAgainAfterKafkaIsLost() throws Exception {
    Path home = folder.resolve("home");
    Descriptor pushed;
    String root;
    try (LongshoreProcess up = up(home)) {
      up.awaitOutput("longshore is ready", START);
      pushed = push(RandomImage.of(7));

      root = pushCommand(home);
      tellsOfTheImage(home, pushed, root);
      tellsOfWhatIsUnknown(home);
      assertThat(resolved()).isEqualTo(pushed.digest());
      endsWithAllChildren(up);
    }
    try (LongshoreProcess up = up(home, "--sites", "2")) {
      up.awaitOutput("  page       http://localhost:" + ports.ops() + "\n", START);
      arrivesAtBothSites(home, up);
      SiteQueries.check(
          Files.createDirectory(folder.resolve("prometheus")),
          URI.create("http://127.0.0.1:" + ports.health() + "/metrics"),
          Set.of("site-1", "site-2"));
      assertThat(resolved()).isEqualTo(pushed.digest());
      Ended again = longshore(home, "resolve", root, "--json");
      assertThat(json(again).get("digest").asText()).isEqualTo(pushed.digest().toString());
      List<ProcessHandle> children = up.children();
      assertThat(children).isNotEmpty();
      up.kill();
      // The kernel ends the children of a process that is killed.
      for (ProcessHandle child : children) {
        child.onExit().get(20, TimeUnit.SECONDS);
      }
    }
    delete(home.resolve("kafka"));
    try (LongshoreProcess up = up(home)) {
      up.awaitOutput("longshore is ready", START);
      // Nobody pushes and nobody asks for it: the first poll finds it.
      Eventually.await("the image on all peers", () -> isWhole(home, root));
      assertThat(resolved()).isEqualTo(pushed.digest());
      assertThat(Files.readString(home.resolve("logs/longshore.log")))
          .containsOnlyOnce("Kafka has lost what the local store was made of");
      endsWithAllChildren(up);
    }
  }

  private boolean isWhole(Path home, String root) {
    try {
      Ended found = HomeCommand.run(home, COMMAND, "resolve", image.toString(), "--json");
      if (found.exitCode() != 0) {
        return false;
      }
      JsonNode conversion = json(found).get("conversions").get(0);
      assertThat(conversion.get("root").asText()).isEqualTo(root);
      return conversion.get("verified").asInt() == 3;
    } catch (Exception e) {
      throw new AssertionError("asking for the image", e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private LongshoreProcess up(Path home, String... more) throws Exception {
    return LongshoreProcess.start(
        home,
        Stream.concat(
                Stream.of("up", "--port-offset", String.valueOf(ports.offset())), Stream.of(more))
            .toArray(String[]::new));
  }

  private Descriptor push(RandomImage random) throws RegistryException {
    return push(random, "1.0");
  }

  private Descriptor push(RandomImage random, String tag) throws RegistryException {
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(name, tag, random);
    return new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(source, Reference.tagged(name, tag), name, tag);
  }

  /** Whoever started it sees the push arrive, in the terminal and on the page, with its bytes. */
  private void arrivesAtBothSites(Path home, LongshoreProcess up) throws Exception {
    Reference next = Reference.tagged(name, "1.1");
    push(RandomImage.of(8), "1.1");
    Ended told = HomeCommand.run(home, COMMAND, "push", next.toString());
    assertThat(told.exitCode()).as(told.err()).isZero();
    for (String site : List.of("site-1", "site-2")) {
      up.awaitOutput("team/app:1.1 at " + site + " after ", COMMAND);
      String line =
          up.out().lines().filter(l -> l.contains(":1.1 at " + site)).findFirst().orElseThrow();
      assertThat(line).matches(".* [1-9][0-9.]* [kM]B over the line");
      assertThat(page("/api/site?site=" + site).at("/nodes/0/lineBytes").asLong()).isPositive();
    }
    Eventually.await(
        "the page has it at both",
        () -> page("/api/image?image=" + next).at("/sites/places/present").asInt() == 2);
  }

  private JsonNode page(String path) {
    URI uri = URI.create("http://localhost:" + ports.ops() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(COMMAND).build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return new ObjectMapper().readTree(answer.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(uri + " does not answer", e);
    }
  }

  private String pushCommand(Path home) throws Exception {
    Ended push = longshore(home, "push", image.toString());
    assertThat(push.exitCode()).as(push.err()).isZero();
    assertThat(push.lastLine()).matches("baf[a-z0-9]+");
    assertThat(push.err()).contains("verified");
    return push.lastLine();
  }

  private void tellsOfTheImage(Path home, Descriptor pushed, String root) throws Exception {
    Ended resolve = longshore(home, "resolve", image.toString(), "--json");
    assertThat(resolve.exitCode()).as(resolve.err()).isZero();
    JsonNode found = json(resolve);
    assertThat(found.get("digest").asText()).isEqualTo(pushed.digest().toString());
    JsonNode conversion = found.get("conversions").get(0);
    assertThat(conversion.get("root").asText()).isEqualTo(root);
    assertThat(conversion.get("copies")).hasSize(3);

    Ended status = longshore(home, "status", "--json");
    assertThat(status.exitCode()).as(status.err()).isZero();
    assertThat(json(status).get("peers"))
        .hasSize(3)
        .allSatisfy(peer -> assertThat(peer.get("up").asBoolean()).isTrue());
    assertThat(json(status).get("totals").get("copies").asInt()).isEqualTo(3);
    assertThat(json(status).get("lag"))
        .allSatisfy(lag -> assertThat(lag.get("events").asInt()).isZero());

    Ended why = longshore(home, "why", image.toString());
    assertThat(why.exitCode()).as(why.err()).isZero();
    assertThat(why.out()).contains("it is there").contains("by webhook").contains("3 of 3");

    Ended explain = longshore(home, "explain", image.toString(), "--json");
    assertThat(json(explain).get("copies").asInt()).isEqualTo(3);
  }

  private void tellsOfWhatIsUnknown(Path home) throws Exception {
    String unknown = "localhost:" + ports.registry() + "/team/other:1";
    Ended resolve = HomeCommand.run(home, COMMAND, "resolve", unknown);
    assertThat(resolve.exitCode()).isEqualTo(1);
    assertThat(resolve.err()).contains("longshore why");

    Ended why = HomeCommand.run(home, COMMAND, "why", unknown, "--json");
    assertThat(why.exitCode()).isEqualTo(3);
    assertThat(json(why).get("stage").asText()).isEqualTo("not-hinted");

    Ended push = HomeCommand.run(home, COMMAND, "push", unknown);
    assertThat(push.exitCode()).isEqualTo(1);
    assertThat(push.err()).contains("team/other").doesNotContain("\tat ");
  }

  private Digest resolved() throws RegistryException {
    RegistryHost resolver = new RegistryHost("localhost:" + ports.resolver());
    String path = name.host().pathForm() + "/" + name.repository();
    return new RegistryClient(Registries.of())
        .resolve(Reference.tagged(new RepositoryName(resolver, path), "1.0"))
        .digest();
  }

  private void endsWithAllChildren(LongshoreProcess up) throws Exception {
    List<ProcessHandle> children = up.children();
    assertThat(children).hasSizeGreaterThanOrEqualTo(5);
    up.terminate();
    Ended ended = up.await(COMMAND);
    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    ports.checkFree();
  }

  private static Ended longshore(Path home, String... arguments) throws Exception {
    return LongshoreProcess.run(home, COMMAND, arguments);
  }

  private static JsonNode json(Ended ended) throws Exception {
    return new ObjectMapper().readTree(ended.out());
  }
}
