package dev.longshore.runtime.config;

/** How log lines are written. */
public enum LogForm {
  PLAIN,
  JSON
}
