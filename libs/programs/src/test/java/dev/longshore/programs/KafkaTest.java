package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaTest {
  private static final Path DATA = Path.of("/data/kafka");

  @Test
  void listensOnLoopbackAlone() {
    assertThat(Kafka.alone(new Kafka.Node(9092, 9093), DATA).settings())
        .containsEntry("listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093")
        .containsEntry("advertised.listeners", "PLAINTEXT://127.0.0.1:9092")
        .containsEntry("controller.quorum.voters", "1@127.0.0.1:9093")
        .containsEntry("offsets.topic.replication.factor", "1")
        .containsEntry("log.dirs", "/data/kafka");
  }

  @Test
  void hasTheReplicasOfProductionWhenThereAreThree() {
    List<Kafka.Node> nodes =
        List.of(new Kafka.Node(1, 11), new Kafka.Node(2, 12), new Kafka.Node(3, 13));

    assertThat(new Kafka(2, nodes, DATA, Map.of()).settings())
        .containsEntry("node.id", "2")
        .containsEntry("listeners", "PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:12")
        .containsEntry("controller.quorum.voters", "1@127.0.0.1:11,2@127.0.0.1:12,3@127.0.0.1:13")
        .containsEntry("default.replication.factor", "3")
        .doesNotContainKey("offsets.topic.replication.factor");
  }

  @Test
  void takesOtherSettingsBeforeItsOwn() {
    assertThat(
            Kafka.alone(new Kafka.Node(9092, 9093), DATA)
                .listening(List.of("SSL://127.0.0.1:9094"))
                .with(Map.of("broker.session.timeout.ms", "18000"))
                .settings())
        .containsEntry("listeners", "SSL://127.0.0.1:9094,CONTROLLER://127.0.0.1:9093")
        .containsEntry("broker.session.timeout.ms", "18000");
  }
}
