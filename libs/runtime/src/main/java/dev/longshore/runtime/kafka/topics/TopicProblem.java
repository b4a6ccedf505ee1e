package dev.longshore.runtime.kafka.topics;

/**
 * A problem with a topic of the user's Kafka.
 *
 * @param topic its name in Kafka
 * @param what what was found and what is needed
 * @param fix the command that fixes it, or another remedy
 */
public record TopicProblem(String topic, String what, String fix) {
  @Override
  public String toString() {
    return "topic " + topic + ": " + what + "; " + fix;
  }
}
