package dev.longshore.app.cli;

import dev.longshore.app.KafkaAdmin;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that Kafka answers at all before a command starts long work. */
final class KafkaReach {
  /** A running Kafka answers in milliseconds. */
  private static final Duration LIMIT = Duration.ofSeconds(8);

  private static final int CONNECT_MILLIS = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReach.class);

  private KafkaReach() {}

  static void require(KafkaSettings kafka) throws CommandException, InterruptedException {
    try {
      Admin admin = KafkaAdmin.open(kafka, LIMIT);
      try {
        var _ = admin.describeCluster().clusterId().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        admin.close(Duration.ZERO);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw away(kafka, e);
      }
      throw failed(kafka, e);
    } catch (TimeoutException e) {
      throw away(kafka, e);
    } catch (KafkaException e) {
      throw failed(kafka, e);
    }
  }

  /** Whether someone listens at one of its addresses. */
  static boolean listens(KafkaSettings kafka) {
    for (String server : kafka.bootstrapServers()) {
      int colon = server.lastIndexOf(':');
      String host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
      int port = Integer.parseInt(server.substring(colon + 1));
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
        return true;
      } catch (IOException refused) {
        LOG.debug("nobody listens at {}", server, refused);
      }
    }
    return false;
  }

  /** Kafka's client often gives the reason only in the cause. */
  static CommandException failed(KafkaSettings kafka, Exception e) {
    return new CommandException(where(kafka) + ": " + KafkaFailure.words(e), e);
  }

  private static CommandException away(KafkaSettings kafka, Exception e) {
    return new CommandException(
        "%s: no answer within %d s; is this its --config? If so, %s"
            .formatted(where(kafka), LIMIT.toSeconds(), KafkaFailure.NO_ANSWER),
        e);
  }

  private static String where(KafkaSettings kafka) {
    return "Kafka at " + String.join(",", kafka.bootstrapServers());
  }
}
