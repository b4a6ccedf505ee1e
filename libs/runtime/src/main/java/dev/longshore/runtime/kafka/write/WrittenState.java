package dev.longshore.runtime.kafka.write;

import dev.longshore.events.DecisionState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.topics.TopicCommands;
import java.util.UUID;
import java.util.function.Function;

/**
 * A kind of state that several processes may write.
 *
 * @param words its name, for errors
 * @param topic its topic
 * @param type its class
 * @param transactions what their transactional ids begin with, after the topics' prefix
 * @param eventId id of the event that writes one
 */
public record WrittenState<S extends State>(
    String words, Topic topic, Class<S> type, String transactions, Function<S, String> eventId) {
  /** Operators' decisions. */
  public static final WrittenState<DecisionState> DECISION =
      new WrittenState<>(
          "decision",
          Topic.DECISIONS,
          DecisionState.class,
          TopicCommands.DECISION,
          decision -> decision.key() + "/" + decision.version());

  /** The credentials of sites. */
  public static final WrittenState<SiteCredentialsState> SITE_CREDENTIALS =
      new WrittenState<>(
          "who may speak as site",
          Topic.SITECREDENTIALS,
          SiteCredentialsState.class,
          TopicCommands.SITE_CREDENTIALS,
          site -> site.key() + "/" + UUID.randomUUID());
}
