package dev.longshore.app.parts;

import dev.longshore.programs.Kafka;
import dev.longshore.programs.KafkaServer;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The development run's Kafka, in this process; its data survives restarts. */
public final class DevelopmentKafka implements Part {
  private final Kafka kafka;
  private final Consumer<String> failed;
  private @Nullable KafkaServer server;

  /**
   * Kafka on two ports.
   *
   * @param failed is told a sentence when it goes on no longer
   */
  public DevelopmentKafka(int port, int controllerPort, Path data, Consumer<String> failed) {
    this.failed = failed;
    this.kafka = Kafka.alone(new Kafka.Node(port, controllerPort), data);
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public void start() throws PartFailedException {
    try {
      server = KafkaServer.start(kafka, failed);
    } catch (IOException | KafkaException e) {
      throw new PartFailedException(
          "kafka could not be started on port %d with its data in %s: %s"
              .formatted(kafka.own().port(), kafka.data(), e.getMessage()),
          e);
    }
  }

  @Override
  public void stop(Duration drain) {
    KafkaServer running = server;
    if (running != null) {
      server = null;
      running.close();
    }
  }
}
