package dev.longshore.runtime.kafka.dispatch;

import dev.longshore.catalog.CatalogException;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.EventIds;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.Parking;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the step handle one record, in its own span, and turns the result into records.
 *
 * <p>A step that throws anything undeclared has a defect. It may pass, so the step is tried {@link
 * #DEFECT_TRIES} times; then the record becomes a dead letter with reason {@link #INTERNAL}: the
 * key goes on, the record is kept, and {@code longshore replay} repeats it when the defect is
 * fixed.
 *
 * <p>A broken local store is no defect and not the message's fault: the message waits, under the
 * endpoint {@link #STORE}, until the store works or the service stops.
 */
public final class Handler {
  /** The reason for a step with a defect. */
  public static final String INTERNAL = "INTERNAL";

  /** The local store's name among the endpoints. */
  public static final String STORE = "local store";

  /** More would only fill the log: passing failures use {@link TransientFailure}. */
  static final int DEFECT_TRIES = 3;

  private static final Logger log = LoggerFactory.getLogger(Handler.class);

  private final Step step;
  private final Endpoints endpoints;
  private final Envelopes envelopes;
  private final Parking parking;
  private final ProcessTelemetry telemetry;
  private final Clock clock;

  /**
   * @param topicPrefix prefix of Kafka's topics; may be empty
   * @param clock the service's clock
   */
  public Handler(
      String topicPrefix,
      ServiceId id,
      Step step,
      Endpoints endpoints,
      ProcessTelemetry telemetry,
      Clock clock) {
    this.step = step;
    this.endpoints = endpoints;
    this.envelopes = new Envelopes(topicPrefix, id.service(), clock);
    this.parking = new Parking(topicPrefix, id, envelopes, clock);
    this.telemetry = telemetry;
    this.clock = clock;
  }

  /** Writes records in the middle of a step. */
  @FunctionalInterface
  public interface Writer {
    /** Returns when they are committed and this service's catalog shows them. */
    void write(List<ProducerRecord<String, byte[]>> records) throws InterruptedException;

    /** Waits as {@link Progress#idle}. */
    default void idle(Progress.Wait wait) throws InterruptedException {
      wait.run();
    }
  }

  /** Handles a record once; a parked one may try its endpoint. */
  public Result handle(Inbound in, Writer writer) throws InterruptedException {
    return handle(in, in.parked() != null, writer);
  }

  /**
   * Handles a record once.
   *
   * @param tries whether this record may try the endpoint that it waits for
   * @throws InterruptedException when the service stops or the partition is revoked
   */
  Result handle(Inbound in, boolean tries, Writer writer) throws InterruptedException {
    Span span = telemetry.start(in);
    Instant begun = clock.instant();
    try (Scope _ = span.makeCurrent()) {
      return telemetry.ended(span, in, begun, result(in, tries, writer));
    } finally {
      span.end();
    }
  }

  /** A parked record for the end of topic {@code retry}. */
  ProducerRecord<String, byte[]> parkedAgain(Inbound in) {
    return parking.parkedAgain(in);
  }

  /** Runs the work after a commit; a defect in it affects nothing else. */
  public static void runAfterCommit(List<Runnable> afterCommit) {
    for (Runnable work : afterCommit) {
      try {
        work.run();
      } catch (RuntimeException e) {
        // The records are committed; a defect here must not undo or repeat them.
        log.error("work after a commit has a defect", e);
      }
    }
  }

  private Result result(Inbound in, boolean tries, Writer writer) throws InterruptedException {
    Tries its = new Tries(endpoints, in, tries);
    try {
      return result(in, its, writer);
    } finally {
      its.close();
    }
  }

  private Result result(Inbound in, Tries tries, Writer writer) throws InterruptedException {
    try {
      Result.Settled settled = settled(in, tries, writer);
      tries.answered();
      return waitOver(in, settled);
    } catch (TransientFailure e) {
      telemetry.passingFailure();
      String cause = Objects.toString(e.getMessage(), e.endpoint());
      log.info("{} waits for {}: {}", in.key(), e.endpoint(), cause);
      tries.failed(e);
      Instant nextTry =
          e.tried()
              ? endpoints.failed(e.endpoint(), cause, e.retryAfter())
              : endpoints.nextTry(e.endpoint());
      return new Result.Away(e.endpoint(), waits(in, e, nextTry));
    } catch (PermanentFailure e) {
      telemetry.permanentFailure(e.reason(), !in.isNudge());
      log.warn("{} failed for good, {}: {}", in.key(), e.reason(), e.getMessage());
      if (!e.reason().equals(INTERNAL)) {
        tries.answered();
      }
      List<ProducerRecord<String, byte[]>> records = parking.rejected(in, e, EventIds.of(in));
      return waitOver(in, new Result.Settled(records, List.of()));
    }
  }

  private List<ProducerRecord<String, byte[]>> waits(
      Inbound in, TransientFailure failure, Instant nextTry) {
    if (in.isNudge()) {
      return List.of();
    }
    return List.of(
        in.parked() == null
            ? parking.parked(in, failure, nextTry)
            : parking.stillAway(in, failure, nextTry));
  }

  /** A parked record was let through to try its endpoint, and the endpoint did not fail. */
  private Result.Settled waitOver(Inbound in, Result.Settled settled) {
    Inbound.Parked parked = in.parked();
    if (parked == null) {
      return settled;
    }
    endpoints.succeeded(parked.endpoint());
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>(settled.records());
    records.addFirst(parking.over(in));
    return new Result.Settled(records, settled.afterCommit());
  }

  private Result.Settled settled(Inbound in, Tries tries, Writer writer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return withStore(in, tries, writer);
      } catch (RuntimeException | Error e) {
        // The boundary between a step and its host: nothing that a step throws may end the host.
        log.error("handling {} has a defect, try {} of {}", in.key(), attempt, DEFECT_TRIES, e);
        if (attempt == DEFECT_TRIES) {
          throw new PermanentFailure(INTERNAL, "a defect of this release: " + e, e);
        }
      }
    }
  }

  private Result.Settled withStore(Inbound in, Tries tries, Writer writer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    while (true) {
      if (!endpoints.isOpen(STORE)) {
        endpoints.awaitOpen(STORE);
      }
      try {
        Result.Settled settled = once(in, tries, writer);
        endpoints.succeeded(STORE);
        return settled;
      } catch (CatalogException e) {
        log.warn("{} waits for the local store: {}", in.key(), e.getMessage());
        endpoints.failed(STORE, String.valueOf(e.getMessage()), null);
      } catch (TransientFailure | PermanentFailure e) {
        endpoints.succeeded(STORE);
        throw e;
      }
    }
  }

  private Result.Settled once(Inbound in, Tries tries, Writer writer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    EventIds ids = EventIds.of(in);
    Effects effects = step.handle(in.message(), new Host(tries, writer, ids));
    return new Result.Settled(sealed(effects, ids), effects.afterCommit());
  }

  private final class Host implements Progress {
    private final Tries tries;
    private final Writer writer;
    private final EventIds ids;

    Host(Tries tries, Writer writer, EventIds ids) {
      this.tries = tries;
      this.writer = writer;
      this.ids = ids;
    }

    @Override
    public void publish(Effects effects) throws InterruptedException {
      writer.write(sealed(effects, ids));
      runAfterCommit(effects.afterCommit());
    }

    @Override
    public void idle(Wait wait) throws InterruptedException {
      writer.idle(wait);
    }

    @Override
    public void require(String endpoint) throws TransientFailure {
      tries.require(endpoint);
    }

    @Override
    public boolean tries(String endpoint) {
      return tries.tries(endpoint);
    }
  }

  private List<ProducerRecord<String, byte[]>> sealed(Effects effects, EventIds ids) {
    return Stream.concat(
            effects.records().stream().map(record -> envelopes.seal(record, ids)),
            effects.deletions().stream().map(end -> envelopes.deletion(end.topic(), end.key())))
        .toList();
  }
}
