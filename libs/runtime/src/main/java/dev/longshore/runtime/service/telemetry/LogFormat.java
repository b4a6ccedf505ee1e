package dev.longshore.runtime.service.telemetry;

/** The format of log lines. */
public enum LogFormat {
  PLAIN,
  JSON
}
