package dev.longshore.runtime.service.telemetry;

/** The least serious log lines that are written. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}
