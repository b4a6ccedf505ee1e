package dev.longshore.runtime.config;

/** The least serious log lines that are written. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}
