package dev.longshore.runtime.kafka.topics;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;

/** Compares one topic with its specification. Stricter settings than needed are fine. */
final class TopicCheck {
  private final TopicSpec spec;
  private final TopicDescription found;
  private final Config config;
  private final List<TopicProblem> problems = new ArrayList<>();

  TopicCheck(TopicSpec spec, TopicDescription found, Config config) {
    this.spec = spec;
    this.found = found;
    this.config = config;
  }

  List<TopicProblem> problems() {
    checkPartitions();
    checkReplicas();
    checkExactly(Topics.CLEANUP);
    checkExactly(Topics.TIMESTAMP);
    checkAtLeast(Topics.MESSAGE_BYTES, Topics.MIN_MESSAGE_BYTES);
    checkAtLeast(Topics.IN_SYNC, wanted(Topics.IN_SYNC));
    for (String retention : List.of(Topics.RETENTION, Topics.DELETES)) {
      if (spec.config().containsKey(retention)) {
        checkAtLeast(retention, wanted(retention));
      }
    }
    return List.copyOf(problems);
  }

  private void checkPartitions() {
    int partitions = found.partitions().size();
    if (partitions != spec.partitions()) {
      add(
          "has " + partitions + " partitions (expected: " + spec.partitions() + ")",
          "partitions cannot be changed without moving keys: delete the topic if it is empty and"
              + " run longshore topics --create, or set another kafka.topic-prefix");
    }
  }

  private void checkReplicas() {
    int replicas = found.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0);
    if (replicas < spec.replicas()) {
      add(
          "is kept " + replicas + " times (expected: at least " + spec.replicas() + ")",
          "assign more replicas with kafka-reassign-partitions.sh");
    }
  }

  private void checkExactly(String setting) {
    String wanted = spec.config().get(setting);
    String value = value(setting);
    if (!value.equals(wanted)) {
      add("has " + setting + "=" + value + " (expected: " + wanted + ")", alter(setting));
    }
  }

  private void checkAtLeast(String setting, long wanted) {
    String value = value(setting);
    if (!isAtLeast(value, wanted)) {
      add("has " + setting + "=" + value + " (expected: at least " + wanted + ")", alter(setting));
    }
  }

  /** Retention -1 means for ever. */
  private static boolean isAtLeast(String value, long wanted) {
    try {
      long number = Long.parseLong(value);
      return number == -1 || number >= wanted;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private long wanted(String setting) {
    return Long.parseLong(spec.config().getOrDefault(setting, "0"));
  }

  private String value(String setting) {
    ConfigEntry entry = config.get(setting);
    return entry == null || entry.value() == null ? "unknown" : entry.value();
  }

  private String alter(String setting) {
    String wanted = String.valueOf(spec.config().get(setting));
    return "run kafka-configs.sh --alter --entity-type topics --entity-name "
        + spec.name()
        + " --add-config "
        + setting
        + "="
        + (wanted.contains(",") ? "[" + wanted + "]" : wanted);
  }

  private void add(String what, String fix) {
    problems.add(new TopicProblem(spec.name(), what, fix));
  }
}
