package dev.longshore.app;

import java.util.Locale;

/** The four services. */
public enum ServiceName {
  WATCHER,
  CONVERTER,
  PINNER,
  RESOLVER;

  /** As people type it; also part of the consumer group's name. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
