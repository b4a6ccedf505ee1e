package dev.longshore.runtime.edge.audit;

import dev.longshore.events.Audited;
import dev.longshore.events.Proof;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.logging.Logging;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The audit log of a process: each entry is one line of JSON of logger {@value
 * Logging#AUDIT_LOGGER}, and one record of topic {@code audit}. Each has its own queue and thread,
 * so that neither a full disk nor a missing Kafka delays a caller, or the other one.
 */
public final class AuditTrail implements AuditSink, Part {
  private final Refusals refusals = new Refusals(System::nanoTime);
  private final List<Outlet> outlets = new ArrayList<>();

  /**
   * @param ways outlets in addition to the log
   */
  AuditTrail(Meter meter, List<AuditWay> ways) {
    LongCounter leftOut =
        meter
            .counterBuilder("longshore.audit.left_out")
            .setDescription("Entries of the audit log that were not written, by way: log, topic")
            .build();
    outlets.add(new Outlet("log", new LogLines(), leftOut));
    ways.forEach(way -> outlets.add(new Outlet("topic", way, leftOut)));
  }

  /** An audit log without the topic. */
  public static AuditTrail toLog(Meter meter) {
    return new AuditTrail(meter, List.of());
  }

  /**
   * An audit log with the topic.
   *
   * @param open connects to Kafka; called for the first entry
   */
  public static AuditTrail toTopic(Meter meter, Supplier<EventSender> open) {
    return new AuditTrail(meter, List.of(new AuditTopic(open)));
  }

  /** Why some way gets no entries any more, if so. */
  public Optional<String> trouble() {
    return outlets.stream().flatMap(outlet -> outlet.trouble().stream()).findFirst();
  }

  @Override
  public String name() {
    return "audit log";
  }

  @Override
  public void start() {
    outlets.forEach(Outlet::start);
  }

  @Override
  public void add(Audited audited, Context trace) {
    if (audited.proof() == Proof.NONE && !refusals.hasRoom()) {
      String why = "there are more than " + Refusals.A_SECOND + " refusals of strangers a second";
      outlets.forEach(outlet -> outlet.leaveOut(why));
      return;
    }
    Entry entry = new Entry(audited, trace);
    outlets.forEach(outlet -> outlet.add(entry));
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    for (Outlet outlet : outlets) {
      outlet.stop(drain);
    }
  }
}
