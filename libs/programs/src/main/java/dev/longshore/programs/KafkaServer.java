package dev.longshore.programs;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A Kafka node in this process. Callers need the broker's library.
 *
 * <p>Unlike Kafka's own start, this one begins with the broker only when the controller has taken
 * the partitions from the process before, which a kill may have left with them. Otherwise the
 * broker takes itself for their leader while it listens nowhere yet. Transactions that were about
 * to be committed are then closed without their markers as the partitions lose that leader
 * (KAFKA-20734), and nobody who reads only what is committed reads on.
 */
public final class KafkaServer implements AutoCloseable {
  /** The same for all nodes of a cluster. */
  private static final String CLUSTER = "bG9uZ3Nob3JlLXRlc3RzMQ";

  /** Longer than any session of a broker here. */
  private static final Duration SESSION_ENDS = Duration.ofMinutes(1);

  /** For its partitions, to other nodes, with the controller's consent. */
  private static final Duration HANDOVER = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(KafkaServer.class);

  private final int id;
  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;
  private volatile boolean ending;
  private volatile boolean faulted;

  private KafkaServer(Kafka kafka) {
    this.id = kafka.id();
    KafkaConfig config = new KafkaConfig(kafka.settings(), false);
    Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> data =
        KafkaRaftServer.initializeLogDirs(config, log, "");
    this.shared =
        new SharedServer(
            config,
            data._1(),
            Time.SYSTEM,
            new Metrics(Time.SYSTEM),
            CompletableFuture.completedFuture(kafka.controllers()),
            List.of(),
            new StandardFaultHandlerFactory(),
            ServerSocketFactory.INSTANCE);
    this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), data._2());
    this.broker = new BrokerServer(shared);
  }

  /**
   * Starts it as a part of a program: a fault after which Kafka would end the process, as a disk
   * that refuses, is said in place of that. While it ends, one is of no account.
   *
   * @param failed is told a sentence
   * @throws org.apache.kafka.common.KafkaException when it cannot start; it does not run then
   */
  public static KafkaServer start(Kafka kafka, Consumer<String> failed) throws IOException {
    KafkaServer server = of(kafka);
    Exit.Procedure fault = (_, message) -> server.fault(kafka, message, failed);
    Exit.setExitProcedure(fault);
    Exit.setHaltProcedure(fault);
    return server.start();
  }

  private void fault(Kafka kafka, @Nullable String message, Consumer<String> failed) {
    String sentence =
        "kafka on port %d with its data in %s has failed: %s"
            .formatted(
                kafka.own().port(), kafka.data(), message == null ? "its log says why" : message);
    log.error("{}", sentence);
    faulted = true;
    if (!ending) {
      failed.accept(sentence);
    }
  }

  /**
   * Starts it; formats its folder if empty.
   *
   * @throws org.apache.kafka.common.KafkaException when it cannot start; it does not run then
   */
  public static KafkaServer start(Kafka kafka) throws IOException {
    return of(kafka).start();
  }

  private static KafkaServer of(Kafka kafka) throws IOException {
    if (!Files.exists(kafka.data().resolve("meta.properties"))) {
      format(kafka);
    }
    return new KafkaServer(kafka);
  }

  private KafkaServer start() {
    try {
      controller.startup();
      awaitEndOfProcessBefore();
      broker.startup();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    return this;
  }

  /** After the limit the broker itself says why it cannot register. */
  private void awaitEndOfProcessBefore() {
    ProcessBefore before = new ProcessBefore(id);
    var _ = shared.loader().installPublishers(List.of(before));
    try {
      before.ended.get(SESSION_ENDS.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("kafka: the broker {} of before still counts as alive", id, e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } finally {
      var _ = shared.loader().removeAndClosePublisher(before);
    }
  }

  /** Looks at what the controllers know, once that is read, for the end of a broker. */
  private static final class ProcessBefore implements MetadataPublisher {
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final int id;

    ProcessBefore(int id) {
      this.id = id;
    }

    @Override
    public String name() {
      return "ProcessBefore";
    }

    @Override
    public void onMetadataUpdate(
        MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
      BrokerRegistration broker = image.cluster().broker(id);
      if (broker == null || broker.fenced()) {
        ended.complete(true);
      }
    }

    @Override
    public void close() {}
  }

  private static void format(Kafka kafka) throws IOException {
    Files.createDirectories(kafka.data());
    String data = kafka.data().toString();
    String cluster = kafka.nodes().size() == 1 ? Uuid.randomUuid().toString() : CLUSTER;
    try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setClusterId(cluster)
          .setNodeId(kafka.id())
          .setControllerListenerName("CONTROLLER")
          .setDirectories(List.of(data))
          .setMetadataLogDirectory(data)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(nowhere)
          .setIgnoreFormatted(true)
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) { // declared by the formatter, whatever its cause
      throw new IOException(
          "the folder %s could not be formatted: %s".formatted(data, e.getMessage()), e);
    }
  }

  /** Returns when it has ended after a request. */
  public void awaitEnd() {
    broker.awaitShutdown();
    controller.awaitShutdown();
  }

  /** Asks it to end. */
  public void shutdown() {
    ending = true;
    broker.shutdown(faulted ? Duration.ZERO : HANDOVER);
    controller.shutdown();
  }

  /** Ends it; returns when its files and ports are free. */
  @Override
  public void close() {
    shutdown();
    awaitEnd();
  }
}
