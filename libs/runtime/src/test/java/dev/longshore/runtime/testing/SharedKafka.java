package dev.longshore.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The one Kafka of this JVM's tests, which tell themselves apart by topic prefixes. Whoever comes
 * first starts it; it ends with the JVM.
 */
public final class SharedKafka {
  private static @Nullable KafkaBroker broker;

  private SharedKafka() {}

  /** Nobody closes it; who stops it starts it again. */
  public static synchronized KafkaBroker broker() {
    if (broker == null) {
      broker = start();
    }
    return broker;
  }

  private static KafkaBroker start() {
    try {
      Path folder = Files.createTempDirectory("kafka");
      KafkaBroker started = KafkaBroker.start(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started, folder)));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("making a folder for Kafka", e);
    }
  }

  private static void end(KafkaBroker started, Path folder) {
    started.close();
    try {
      Utils.delete(folder.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("removing " + folder, e);
    }
  }
}
