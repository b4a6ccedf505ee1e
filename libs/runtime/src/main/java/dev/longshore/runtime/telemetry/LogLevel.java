package dev.longshore.runtime.telemetry;

/** The least serious log lines that are written. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}
