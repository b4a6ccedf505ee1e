package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.health.ClockSkew;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Kafka: whether it admits us, has Longshore's topics, and grants the rights to them.
 *
 * @param rights of the services to check
 * @param awaited whether a registry must notify of pushes, since it is not polled
 */
public record KafkaCheck(
    KafkaSettings kafka,
    Supplier<KafkaLook> open,
    List<ServiceRights> rights,
    boolean awaited,
    Clock clock)
    implements Check {
  /** Events get their time on arrival, so only a clock that is ahead shows. */
  private static final Duration AHEAD = Duration.ofSeconds(10);

  public KafkaCheck {
    rights = List.copyOf(rights);
  }

  @Override
  public String part() {
    return "kafka";
  }

  @Override
  public void look(Findings findings) throws InterruptedException {
    String tried = "log in at " + String.join(",", kafka.bootstrapServers());
    try (KafkaLook look = open.get()) {
      int brokers = look.brokers();
      findings.fine(tried, brokers + (brokers == 1 ? " broker" : " brokers"));
      brokers(findings, brokers);
      // Without rights, topics may not even be visible.
      rights(findings, look);
      boolean whole = topics(findings, look);
      if (whole) {
        transactions(findings, look);
        hints(findings, look);
        time(findings, look);
      }
    } catch (KafkaException | IllegalArgumentException e) {
      findings.wrong(tried, reason(e), remedy(e));
    }
  }

  private void brokers(Findings findings, int brokers) {
    Integer set = kafka.replicationFactor();
    int replicas = set == null ? Topics.replicas(brokers) : set;
    if (replicas > brokers) {
      findings.wrong(
          "compare kafka.replication-factor with the brokers",
          "%d replicas, %d brokers".formatted(replicas, brokers),
          "start the others, or set a lower kafka.replication-factor");
    } else if (replicas < 3 && !kafka.loopback()) {
      findings.warning(
          set == null ? "count the brokers" : "look at kafka.replication-factor",
          String.valueOf(replicas),
          "have three brokers and replicas, for which Kafka keeps what it accepted while one broker"
              + " is lost");
    }
  }

  private static boolean topics(Findings findings, KafkaLook look) throws InterruptedException {
    List<TopicProblem> problems = look.topics();
    for (TopicProblem problem : problems) {
      findings.wrong("look at topic " + problem.topic(), problem.what(), problem.fix());
    }
    if (problems.isEmpty()) {
      findings.fine(
          "look at the topics", Topic.values().length + " topics, as Longshore needs them");
    }
    return problems.isEmpty();
  }

  private void rights(Findings findings, KafkaLook look) throws InterruptedException {
    for (ServiceRights service : rights) {
      String tried = "look at the rights that the " + service.service() + " needs";
      List<String> missing = look.missing(service);
      if (missing.isEmpty()) {
        findings.fine(tried, "given");
      } else {
        findings.wrong(
            tried,
            "missing: " + String.join(", ", missing),
            "run what 'longshore topics' prints for User:longshore-%s, or look with --service at what this user is for"
                .formatted(service.service()));
      }
    }
  }

  private void transactions(Findings findings, KafkaLook look) throws InterruptedException {
    String tried = "look for transactions that never end";
    List<OpenTransaction> lost =
        look.open().stream().filter(open -> open.isLost(clock.instant())).toList();
    lost.forEach(open -> findings.wrong(tried, open.words(), open.remedy()));
    if (lost.isEmpty()) {
      findings.fine(tried, "none");
    }
  }

  private void hints(Findings findings, KafkaLook look) throws InterruptedException {
    long hints = look.records(Topic.HINTS);
    String tried = "look for hints of pushes within the last week";
    if (hints > 0) {
      findings.fine(tried, "some came");
    } else if (awaited) {
      findings.warning(
          tried,
          "none came, and a registry is not polled",
          "have the registry send its notifications to /hooks/NAME of watcher.webhooks with its"
              + " token, or give it poll");
    } else {
      findings.fine(tried, "none came yet");
    }
  }

  private void time(Findings findings, KafkaLook look) throws InterruptedException {
    Instant now = clock.instant();
    look.newest()
        .filter(newest -> newest.isAfter(now.plus(AHEAD)))
        .ifPresent(newest -> ClockSkew.judge(findings, "Kafka's newest event", newest, clock));
  }

  /** Kafka's client often gives the reason in the cause alone. */
  private static String reason(RuntimeException e) {
    Throwable cause = e.getCause();
    String message = String.valueOf(e.getMessage());
    String more = cause == null ? null : cause.getMessage();
    return more == null || message.contains(more) ? message : message + ": " + more;
  }

  private static String remedy(RuntimeException e) {
    return switch (e.getCause()) {
      case AuthenticationException _ ->
          "correct sasl.jaas.config, sasl.mechanism or the certificates in the file of"
              + " kafka.client-properties";
      case AuthorizationException _ -> "run what 'longshore topics' prints for this Kafka user";
      case null, default ->
          e instanceof KafkaException
              ? "start it, or correct kafka.bootstrap-servers; a port that wants TLS is silent"
                  + " without security.protocol in kafka.client-properties"
              : "correct kafka in the configuration";
    };
  }
}
