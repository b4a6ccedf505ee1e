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
import java.util.function.Supplier;

/**
 * The audit log of a process: each entry is one line of JSON of logger {@value
 * Logging#AUDIT_LOGGER}, and one record of topic {@code audit}. Both have queues and threads of
 * their own, so that neither a full disk nor a Kafka that is away holds up a caller, or the other.
 */
public final class AuditTrail implements AuditSink, Part {
  private final Refusals refusals = new Refusals(System::nanoTime);
  private final List<Outlet> outlets = new ArrayList<>();

  /**
   * Writes nothing yet.
   *
   * @param ways besides the log
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

  /** One that writes to the log alone. */
  public static AuditTrail toLog(Meter meter) {
    return new AuditTrail(meter, List.of());
  }

  /**
   * One that writes to the log and the topic.
   *
   * @param open connects to Kafka; is called at the first entry
   */
  public static AuditTrail toTopic(Meter meter, Supplier<EventSender> open) {
    return new AuditTrail(meter, List.of(new AuditTopic(open)));
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
