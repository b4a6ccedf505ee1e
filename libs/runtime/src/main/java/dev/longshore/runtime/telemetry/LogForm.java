package dev.longshore.runtime.telemetry;

/** How log lines are written. */
public enum LogForm {
  PLAIN,
  JSON
}
