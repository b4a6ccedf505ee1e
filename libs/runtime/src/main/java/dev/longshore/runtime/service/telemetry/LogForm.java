package dev.longshore.runtime.service.telemetry;

/** How log lines are written. */
public enum LogForm {
  PLAIN,
  JSON
}
