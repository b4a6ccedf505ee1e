package dev.longshore.runtime.kafka.topics;

/**
 * What is wrong with a topic of the user's Kafka.
 *
 * @param topic its name in Kafka
 * @param what what was found and what is needed
 * @param fix the command that mends it, or what else to do
 */
public record TopicProblem(String topic, String what, String fix) {
  @Override
  public String toString() {
    return "topic " + topic + ": " + what + "; " + fix;
  }
}
