package dev.longshore.runtime.config;

import dev.longshore.catalog.Catalog;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;

/**
 * What every service of a process gets.
 *
 * @param shared the settings for all services, as of the start
 * @param current the peers and rules, which may change
 * @param catalog the process's copy of tags, images and pins
 * @param endpoints which external programs are away, and when they are tried again
 * @param telemetry traces and metrics of the process
 * @param audit records calls and their callers
 */
public record ServiceContext(
    SharedSettings shared,
    CurrentSettings current,
    Catalog catalog,
    Endpoints endpoints,
    OpenTelemetry telemetry,
    AuditSink audit,
    Clock clock) {
  /** With settings that never change. */
  public ServiceContext(
      SharedSettings shared,
      Catalog catalog,
      Endpoints endpoints,
      OpenTelemetry telemetry,
      AuditSink audit,
      Clock clock) {
    this(shared, CurrentSettings.of(shared), catalog, endpoints, telemetry, audit, clock);
  }
}
