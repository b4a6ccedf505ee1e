package dev.longshore.resolver.hub;

import dev.longshore.events.SiteState;
import dev.longshore.runtime.kafka.record.NotSentException;

/** Stores reports of sites. */
@FunctionalInterface
public interface ReportSink {
  /** Returns once the report is stored. */
  void keep(SiteState report) throws NotSentException, InterruptedException;
}
