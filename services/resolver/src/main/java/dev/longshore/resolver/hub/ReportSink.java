package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState;
import dev.longshore.runtime.kafka.record.NotSentException;

/** Where reports of sites are kept. */
@FunctionalInterface
public interface ReportSink {
  /** Returns once it is kept. */
  void keep(SiteState report) throws NotSentException, InterruptedException;
}
