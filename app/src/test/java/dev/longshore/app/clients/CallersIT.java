package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.FreePorts;
import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.faults.TopicReader;
import dev.longshore.app.parts.Ports;
import dev.longshore.events.Audited;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Registry clients with a token for the repositories of one team: what they get, what they do not,
 * how it ends, and what Kafka remembers of it.
 */
@Timeout(120)
class CallersIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static final Duration START = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final DevelopmentCluster cluster = CLUSTER.get();
  private final Ports ports = FreePorts.find();
  private final String resolver = "localhost:" + ports.resolver();
  private Path tokens;
  private String token;
  private LongshoreProcess service;
  private Digest ours;

  @BeforeEach
  void start() throws Exception {
    ours = push("callers-team/app", 71);
    push("callers-other/app", 72);
    tokens = folder.resolve("tokens.yaml");
    token =
        cluster
            .runWell(
                "token",
                "new",
                "team",
                "--pull",
                "callers-team/*",
                "--expires",
                "1d",
                "--file",
                tokens.toString())
            .lastLine();
    Path home = folder.resolve("home");
    Path config =
        Files.writeString(
            folder.resolve("edge.yaml"), cluster.resolverSettings(home, ports, tokens));
    service = LongshoreProcess.start(home, "service", "resolver", "--config", config.toString());
    service.awaitOutput("resolver is ready", START);
    cluster.awaitTag("callers-team/app", "v1");
    cluster.awaitTag("callers-other/app", "v1");
  }

  @AfterEach
  void stop() throws Exception {
    try (LongshoreProcess ending = service) {
      ending.terminate();
      ending.await(START);
    }
  }

  private Digest push(String repository, long seed) throws Exception {
    RepositoryName name = cluster.name(repository);
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(name, "v1", RandomImage.of(seed));
    return cluster.push(source, name, "v1").digest();
  }

  /** With the token as {@code docker login} leaves it. */
  private Command crane() throws IOException, InterruptedException {
    String pair =
        Base64.getEncoder().encodeToString(("team:" + token).getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        folder.resolve("config.json"),
        "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(resolver, pair));
    return Tools.ofProject()
        .command("crane")
        .with(Map.of("DOCKER_CONFIG", folder.toString()))
        .in(folder);
  }

  @Test
  void aTokenPullsFromItsTeamsRepositoriesUntilItIsTakenOut() throws Exception {
    Command crane = crane();
    Command oras =
        Tools.ofProject()
            .command(
                "oras",
                "copy",
                "--from-plain-http",
                "--from-username=team",
                "--from-password=" + token)
            .in(folder);
    Command skopeo =
        Tools.ofProject()
            .command("skopeo", "--insecure-policy", "copy", "--src-tls-verify=false")
            .in(folder);
    String allowed = resolver + "/callers-team/app:v1";
    String elsewhere = resolver + "/callers-other/app:v1";

    Eventually.await("the new resolver serves it", () -> serves(crane, allowed));
    assertThat(crane.run("digest", allowed).strip()).isEqualTo(ours.toString());
    crane.run("pull", allowed, "image.tar");
    oras.run(allowed, "--to-oci-layout", "layout:oras");
    skopeo.run("--src-creds=team:" + token, "docker://" + allowed, "oci:layout:skopeo");

    for (Command.Ended refused :
        List.of(
            crane.tryTo("pull", elsewhere, "image.tar"),
            oras.tryTo(elsewhere, "--to-oci-layout", "layout:x"),
            skopeo.tryTo("--src-creds=team:" + token, "docker://" + elsewhere, "oci:layout:x"),
            crane.tryTo("pull", resolver + "/callers-team/none/app:v1", "image.tar"))) {
      assertThat(refused.exitCode()).isNotZero();
      assertThat(refused.err().toLowerCase(Locale.ROOT)).contains("denied");
    }
    assertThat(
            Tools.ofProject()
                .command("crane")
                .with(Map.of("DOCKER_CONFIG", "/"))
                .in(folder)
                .tryTo("digest", allowed)
                .err())
        .contains("UNAUTHORIZED");

    Files.writeString(tokens, "tokens: []\n");

    Eventually.await("the token is refused", () -> !serves(crane, allowed));
    assertThat(crane.tryTo("pull", allowed, "image.tar").err()).contains("UNAUTHORIZED");
    assertThat(service.err()).contains("tokens.yaml changed and is used from now on");
    assertRemembered();
  }

  private static boolean serves(Command crane, String reference) {
    try {
      return crane.tryTo("digest", reference).exitCode() == 0;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void assertRemembered() throws Exception {
    Eventually.await("the last refusal in Kafka", () -> !audited("anonymous", "401").isEmpty());
    assertThat(audited("team", "200"))
        .anySatisfy(
            pull -> {
              assertThat(pull.operation()).isEqualTo("pull");
              assertThat(pull.repository()).isEqualTo("callers-team/app");
              assertThat(pull.reference()).isEqualTo("v1");
              assertThat(pull.listener()).isEqualTo("resolver");
              assertThat(pull.address()).isEqualTo("127.0.0.1");
              assertThat(pull.traceId()).isNotNull();
            })
        .noneMatch(pull -> pull.operation().equals("blob"));
    assertThat(audited("team", "403"))
        .extracting(Audited::repository)
        .contains("callers-other/app", "callers-team/none/app");
    assertThat(service.err()).contains("audit - {").doesNotContain(token);
  }

  private List<Audited> audited(String caller, String status) {
    return new TopicReader(cluster.kafka(), DevelopmentCluster.PREFIX)
        .all(Topic.AUDIT).stream()
            .map(CallersIT::entry)
            .filter(entry -> entry.caller().equals(caller) && entry.status().equals(status))
            .toList();
  }

  private static Audited entry(ConsumerRecord<String, byte[]> record) {
    try {
      assertThat(record.headers().lastHeader("ce_type").value())
          .isEqualTo("dev.longshore.audit.v1".getBytes(StandardCharsets.UTF_8));
      return EventJson.read(record.value(), Audited.class);
    } catch (MalformedEventException e) {
      throw new AssertionError(e);
    }
  }
}
