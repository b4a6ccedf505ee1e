package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.longshore.app.ServiceName;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Finding;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The nodes that settings name, looked at by the doctor and at the start of a service. */
class NodeChecksTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");
  private static final Set<ServiceName> RESOLVER = Set.of(ServiceName.RESOLVER);

  private final Logger log = (Logger) LoggerFactory.getLogger(StartChecks.class);
  private final Lines lines = new Lines();
  @TempDir Path folder;

  /** Takes the lines, from another thread. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final BlockingQueue<String> written = new LinkedBlockingQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      written.add(event.getLevel() + " " + event.getFormattedMessage());
    }
  }

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.WARN);
  }

  @AfterEach
  void leave() {
    log.setLevel(null);
    log.detachAppender(lines);
  }

  private Settings settings(URI gateway, String more) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            "resolver:\n  kubo: {name: own, rpc: \"%s\", gateway: \"%s\"}\n%s"
                .formatted(NOWHERE, gateway, more));
    return new ConfigLoader<>(Settings.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }

  private static List<String> found(Settings settings, Set<ServiceName> services)
      throws InterruptedException {
    List<Check> checks = new NodeChecks(settings, services).each();
    return new Examination(LIMIT).of(checks).stream().map(Finding::text).toList();
  }

  @Test
  void theGatewayOfANodeThatIsAwayIsStillLookedAt() throws Exception {
    try (AnsweringServer gateway = new AnsweringServer(200)) {
      List<String> found = found(settings(gateway.address(), ""), RESOLVER);

      assertThat(found).hasSize(2);
      assertThat(found.getFirst())
          .startsWith("kubo own: ask its RPC http://127.0.0.1:1 who it is: cannot be reached")
          .endsWith("; start it, or correct rpc of peer own");
      assertThat(found.getLast())
          .isEqualTo("kubo own: read through its gateway " + gateway.address() + ": it answers");
    }
  }

  @Test
  void aGatewayThatIsNotThereIsToldWithItsSetting() throws Exception {
    assertThat(found(settings(NOWHERE, ""), RESOLVER).getLast())
        .contains("gateway http://127.0.0.1:1", "correct gateway of peer own");
  }

  @Test
  void somethingElseAtTheGatewayIsToldByItsStatus() throws Exception {
    try (AnsweringServer other = new AnsweringServer(404)) {
      assertThat(found(settings(other.address(), ""), RESOLVER).getLast())
          .contains("status 404", "Addresses.Gateway");
    }
  }

  @Test
  void aNodeThatTheServicesDoNotCallIsNotLookedAt() throws Exception {
    assertThat(found(settings(NOWHERE, ""), Set.of(ServiceName.WATCHER))).isEmpty();
  }

  @Test
  void everyIngestPeerIsLookedAt() throws Exception {
    String peers =
        """
        peers:
          - {name: a, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:1"}
          - {name: b, rpc: "http://127.0.0.1:2", gateway: "http://127.0.0.1:1"}
          - {name: c, rpc: "http://127.0.0.1:3", gateway: "http://127.0.0.1:1"}
        converter:
          ingest-peers: [c, a]
        """;

    assertThat(found(settings(NOWHERE, peers), Set.of(ServiceName.CONVERTER)))
        .anyMatch(text -> text.startsWith("kubo a: ask its RPC http://127.0.0.1:1"))
        .anyMatch(text -> text.startsWith("kubo c: ask its RPC http://127.0.0.1:3"))
        .noneMatch(text -> text.startsWith("kubo b"));
  }

  @Test
  void aStartSaysOfItsNodesWhatTheDoctorSaysAndNothingOfWhatIsFine() throws Exception {
    try (AnsweringServer gateway = new AnsweringServer(200)) {
      Settings settings =
          settings(gateway.address(), "  kubo-repository: " + folder.resolve("nowhere") + "\n");
      StartChecks checks = new StartChecks(settings, RESOLVER);

      checks.start();

      assertThat(line()).isEqualTo("WARN " + found(settings, RESOLVER).getFirst());
      assertThat(line())
          .startsWith("WARN folder resolver.kubo-repository: read " + folder)
          .contains("correct kubo-repository");
      checks.stop(LIMIT);
      assertThat(lines.written).isEmpty();
    }
  }

  private String line() throws InterruptedException {
    return String.valueOf(lines.written.poll(LIMIT.toSeconds(), TimeUnit.SECONDS));
  }
}
