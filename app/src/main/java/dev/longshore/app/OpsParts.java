package dev.longshore.app;

import dev.longshore.app.ops.OpsService;
import dev.longshore.events.Topic;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.follow.StateFollower;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.lifecycle.Part;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The operations page with what it writes to Kafka, and reads besides the catalog. */
final class OpsParts {
  private static final Duration WRITE_LIMIT = Duration.ofSeconds(20);
  private static final Duration LETTERS_LIMIT = Duration.ofSeconds(20);

  private final List<Part> parts = new ArrayList<>();

  OpsParts(ServiceContext context, OpsService.Sources sources, Vertx vertx) {
    KafkaSettings kafka = context.shared().kafka();
    Map<String, Object> connection = KafkaConnection.of(kafka);
    OpsService page =
        new OpsService(
            context,
            sources,
            new DecisionWriter(connection, kafka.topicPrefix(), "ops", WRITE_LIMIT, context.clock())
                ::write,
            new DeadLetters(connection, kafka.topicPrefix(), LETTERS_LIMIT),
            vertx);
    parts.add(
        follower(
            new StateFollower(
                connection,
                kafka.topicPrefix(),
                Topic.SITECREDENTIALS,
                page::siteCredentials,
                context.clock())));
    parts.add(
        follower(
            new StateFollower(
                connection, kafka.topicPrefix(), Topic.SITES, page::siteReports, context.clock())));
    parts.addAll(page.parts());
  }

  /** Does not wait: the page shows what it knows. */
  private static Part follower(StateFollower follower) {
    return new Running("sites", follower::start, _ -> follower.close());
  }

  List<Part> parts() {
    return List.copyOf(parts);
  }
}
