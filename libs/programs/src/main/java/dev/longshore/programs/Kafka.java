package dev.longshore.programs;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small Kafka node, broker and controller, on loopback, single or one of several. Its data
 * survives a killed process, not a power cut: it does not force its log to disk.
 *
 * @param id its number, from 1 on
 * @param nodes addresses of all nodes, this one included
 * @param data its data folder
 * @param further settings, which those here override
 */
public record Kafka(int id, List<Node> nodes, Path data, Map<String, String> further) {
  /** Where one node listens. */
  public record Node(int port, int controllerPort) {
    public String address() {
      return "127.0.0.1:" + port;
    }

    String controller() {
      return "127.0.0.1:" + controllerPort;
    }
  }

  public Kafka {
    nodes = List.copyOf(nodes);
    further = Map.copyOf(further);
  }

  /** The only node. */
  public static Kafka alone(Node node, Path data) {
    return new Kafka(1, List.of(node), data, Map.of());
  }

  public Kafka with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(further);
    all.putAll(more);
    return new Kafka(id, nodes, data, all);
  }

  /**
   * With these listeners.
   *
   * @param brokers as Kafka spells them, such as {@code PLAINTEXT://127.0.0.1:9092}
   */
  public Kafka listening(List<String> brokers) {
    return with(listeners(String.join(",", brokers)));
  }

  private Map<String, String> listeners(String brokers) {
    String controller = ",CONTROLLER://" + own().controller();
    return Map.of("listeners", brokers + controller, "advertised.listeners", brokers);
  }

  public Node own() {
    return nodes.get(id - 1);
  }

  /** The content of {@code server.properties}. */
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(id));
    settings.put("controller.quorum.voters", voters());
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", data.toString());
    settings.put("num.io.threads", "2");
    put(settings, "1", "num.network.threads", "background.threads");
    put(settings, "1", "num.recovery.threads.per.data.dir");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("auto.create.topics.enable", "false");
    // After kill -9, the next start waits for the end of the dead broker's session; on an
    // overloaded machine a live broker was over 2 s late, and every partition without a leader.
    settings.put("broker.session.timeout.ms", "6000");
    settings.put("broker.heartbeat.interval.ms", "500");
    // The default of 128 MB is more than a small heap can give.
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("log.cleaner.io.buffer.size", "65536");
    replicas(settings);
    settings.putAll(listeners("PLAINTEXT://" + own().address()));
    settings.putAll(further);
    return settings;
  }

  private String voters() {
    StringBuilder voters = new StringBuilder();
    for (int n = 1; n <= nodes.size(); n++) {
      voters.append(n == 1 ? "" : ",").append(n).append('@').append(nodes.get(n - 1).controller());
    }
    return voters.toString();
  }

  /** Where the controllers listen, by the numbers of their nodes. */
  Map<Integer, InetSocketAddress> controllers() {
    Map<Integer, InetSocketAddress> controllers = new HashMap<>();
    for (int n = 1; n <= nodes.size(); n++) {
      controllers.put(
          n,
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), nodes.get(n - 1).controllerPort()));
    }
    return controllers;
  }

  /** Kafka's own defaults for its internal topics are those of production: three, two in sync. */
  private void replicas(Map<String, String> settings) {
    String nodeCount = Integer.toString(nodes.size());
    put(settings, nodeCount, "default.replication.factor");
    put(settings, nodeCount, "offsets.topic.num.partitions");
    put(settings, nodeCount, "transaction.state.log.num.partitions");
    put(settings, nodeCount, "share.coordinator.state.topic.num.partitions");
    if (nodes.size() == 1) {
      put(settings, "1", "offsets.topic.replication.factor");
      put(settings, "1", "transaction.state.log.replication.factor");
      put(settings, "1", "transaction.state.log.min.isr");
      put(settings, "1", "share.coordinator.state.topic.replication.factor");
      put(settings, "1", "share.coordinator.state.topic.min.isr");
    }
  }

  private static void put(Map<String, String> settings, String value, String... keys) {
    for (String key : keys) {
      settings.put(key, value);
    }
  }
}
