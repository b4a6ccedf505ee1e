package dev.longshore.app;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.longshore.app.ClosedKafka.Link;
import dev.longshore.events.Event;
import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.logging.Logging;
import dev.longshore.runtime.service.logging.Redaction;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.HostedSteps;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Links to a Kafka that lets nobody in unasked, as a configuration describes them. */
final class KafkaLinksIT {
  /** A refusal, where clients of a Kafka that is away go on trying. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
  private static ClosedKafka kafka;

  private final Clock clock = Clock.systemUTC();
  private final HostedSteps services = new HostedSteps(ClosedKafka.PREFIX, clock);

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    kafka = new ClosedKafka(folder);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logging.configure(context, LogFormat.PLAIN, LogLevel.INFO, new Redaction(List.of()), LOG);
    // What --debug shows of Kafka's clients; the broker in this process has its own secrets.
    context.getLogger("org.apache.kafka.clients").setLevel(Level.DEBUG);
    context.getLogger("org.apache.kafka.common.security").setLevel(Level.DEBUG);
    context.getLogger("org.apache.kafka.common.network").setLevel(Level.DEBUG);
  }

  @AfterAll
  static void noSecretIsInTheLog() {
    String log = LOG.toString(StandardCharsets.UTF_8);
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    kafka.close();
    assertThat(log).isNotEmpty();
    assertThat(kafka.secrets()).hasSizeGreaterThan(2).noneMatch(log::contains);
  }

  @AfterEach
  void close() throws Exception {
    services.close();
  }

  @ParameterizedTest
  @EnumSource
  void servicesWorkOverEachLinkWithThePrintedRights(Link link) throws Exception {
    AtomicInteger pinned = new AtomicInteger();
    assertThat(new KafkaTopics(kafka.of(link, "converter")).problem(LIMIT)).isEmpty();
    KeyedConsumer converter =
        host(
            link,
            "converter",
            Topic.OBSERVED,
            (message, _) -> Effects.of(converted((Observed) message.body())));
    host(
        link,
        "pinner",
        Topic.CONVERTED,
        (message, _) -> {
          if (message.key().equals("dag" + link.number)) {
            pinned.incrementAndGet();
          }
          return Effects.NONE;
        });
    try (EventSender sender =
        new EventSender(
            KafkaConnection.of(kafka.of(link, "cli")),
            ClosedKafka.PREFIX,
            "test",
            Duration.ofSeconds(10),
            clock)) {
      sender.send(observed("name" + link, link.number), "id " + link);
    }

    Eventually.await("it is converted and pinned", () -> pinned.get() == 1);
    assertThat(converter.trouble()).isEmpty();
  }

  @Test
  void certificatesAndAuthorityAreExchangedWithoutARestartOfTheService() throws Exception {
    Properties own = kafka.ownFiles("converter");
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    KeyedConsumer converter =
        host(
            kafka.settings(Link.CERTIFICATE, own, List.of()),
            "converter",
            Topic.OBSERVED,
            (message, _) -> {
              handled.add(((Observed) message.body()).size());
              return Effects.NONE;
            });
    send(observed("before", 11));
    Eventually.await("it is handled", () -> handled.contains(11L));

    kafka.exchangeAuthority();
    Eventually.await("the broker is not believed", () -> converter.trouble().isPresent());
    send(observed("after", 12));
    kafka.renew(own, "converter");

    Eventually.await("the next one is handled", () -> handled.contains(12L));
    Eventually.await("nothing is wrong any more", () -> converter.trouble().isEmpty());
  }

  @Test
  void aPasswordIsExchangedWithoutARestartOfTheService() throws Exception {
    Properties login = kafka.properties(Link.SCRAM, "watcher");
    KafkaSettings settings = kafka.settings(Link.SCRAM, login, List.of());
    Set<String> handled = ConcurrentHashMap.newKeySet();
    KeyedConsumer watcher =
        host(
            settings,
            "watcher",
            Topic.HINTS,
            (message, _) -> {
              handled.add(message.key());
              return Effects.NONE;
            });
    send(hint("before"));
    Eventually.await("it is handled", () -> handled.contains(hint("before").key()));

    kafka.exchangePassword("watcher");
    Eventually.await("the password is refused", () -> watcher.trouble().isPresent());
    assertThat(watcher.trouble().orElse("")).doesNotContain(kafka.secrets());
    send(hint("after"));
    login.put("sasl.jaas.config", ClosedKafka.scram("watcher", ClosedKafka.NEXT_PASSWORD));
    ClosedKafka.write(login, settings.clientProperties());

    Eventually.await("the next one is handled", () -> handled.contains(hint("after").key()));
    Eventually.await("nothing is wrong any more", () -> watcher.trouble().isEmpty());
  }

  private static Hint hint(String repository) {
    return new Hint(
        Origin.PUSH,
        "local",
        repository,
        "text/plain",
        "",
        false,
        Instant.parse("2026-01-01T00:00:00Z"));
  }

  private void send(Event event) throws Exception {
    try (EventSender sender =
        new EventSender(
            KafkaConnection.of(kafka.of(Link.SCRAM, "cli")),
            ClosedKafka.PREFIX,
            "test",
            Duration.ofSeconds(10),
            clock)) {
      sender.send(event, "id of " + event.key());
    }
  }

  private KeyedConsumer host(Link link, String service, Topic work, Step step) throws Exception {
    return host(kafka.of(link, service), service, work, step);
  }

  private KeyedConsumer host(KafkaSettings settings, String service, Topic work, Step step) {
    return services.start(KafkaConnection.of(settings), service, work, step);
  }

  @Test
  void aWrongPasswordIsToldSoonWithWhereItIsSet() throws Exception {
    Properties wrong = kafka.properties(Link.SCRAM, "converter");
    wrong.put("sasl.jaas.config", ClosedKafka.scram("converter", "quite-another-password"));
    KafkaSettings settings = kafka.settings(Link.SCRAM, wrong, List.of());

    assertRefused(
        settings, "SCRAM-SHA-512", "sasl.jaas.config", "in the file of kafka.client-properties");
    KeyedConsumer host = host(settings, "converter", Topic.OBSERVED, (_, _) -> Effects.NONE);
    Eventually.await("a word about it", () -> host.trouble().isPresent());
    assertThat(host.trouble().get())
        .contains("SCRAM-SHA-512", "sasl.jaas.config")
        .doesNotContain("quite-another-password");
  }

  @Test
  void aBrokerOfAnUnknownAuthorityIsRefusedSoon() throws Exception {
    Properties wrong = kafka.properties(Link.SCRAM, "converter");
    wrong.put("ssl.truststore.location", kafka.strangersAuthority().toString());

    assertRefused(
        kafka.settings(Link.SCRAM, wrong, List.of()),
        "SSL handshake failed",
        "ssl.truststore.location");
  }

  @Test
  void whoShowsNoCertificateIsTold() throws Exception {
    Properties wrong = kafka.properties(Link.CERTIFICATE, "converter");
    wrong.remove("ssl.keystore.location");
    wrong.remove("ssl.keystore.type");

    assertRefused(kafka.settings(Link.CERTIFICATE, wrong, List.of()), "ssl.keystore.location");
  }

  @Test
  void aTokenIsAskedForAtNoAddressThatIsNotAllowed() throws Exception {
    Properties properties = kafka.properties(Link.OAUTH, "converter");
    String url = properties.getProperty("sasl.oauthbearer.token.endpoint.url");
    int before = kafka.secrets().size();

    assertRefused(
        kafka.settings(Link.OAUTH, properties, List.of("https://idp.test/token")),
        "kafka.oauth-urls",
        url);
    assertThat(kafka.secrets()).hasSize(before);
  }

  @Test
  void aClientThatTheTokenEndpointDoesNotKnowIsTold() throws Exception {
    Properties wrong = kafka.properties(Link.OAUTH, "converter");
    wrong.put("sasl.jaas.config", ClosedKafka.oauth("converter", "quite-another-secret"));
    String url = wrong.getProperty("sasl.oauthbearer.token.endpoint.url");

    assertRefused(
        kafka.settings(Link.OAUTH, wrong, List.of(url)),
        "401",
        "invalid_client",
        "client id and secret");
  }

  @Test
  void whoSpeaksPlainTextIsAskedWhetherThatIsMeant() throws Exception {
    KafkaSettings plain = kafka.settings(Link.SCRAM, new Properties(), List.of());

    Throwable refused = catchThrowable(() -> new KafkaTopics(plain).problem(Duration.ofSeconds(3)));
    assertThat(refused)
        .hasMessageContaining(plain.bootstrapServers().getFirst())
        .hasMessageContaining("security.protocol");
  }

  /** By the check that every start of a service begins with. */
  private static void assertRefused(KafkaSettings settings, String... words) {
    long began = System.nanoTime();
    Throwable refused = catchThrowable(() -> new KafkaTopics(settings).problem(LIMIT));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    assertThat(refused).isNotNull();
    assertThat(refused.getMessage())
        .contains(words)
        .doesNotContain("quite-another")
        .doesNotContain(kafka.secrets());
    if (!(refused instanceof IllegalArgumentException)) {
      assertThat(refused.getMessage()).contains(settings.bootstrapServers().getFirst());
    }
  }
}
