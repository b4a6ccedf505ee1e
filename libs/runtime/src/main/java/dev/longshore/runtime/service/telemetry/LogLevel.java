package dev.longshore.runtime.service.telemetry;

/** The least severe log lines to write. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}
