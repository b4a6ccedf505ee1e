package dev.longshore.app;

import java.util.Locale;

/** The four services. */
public enum ServiceName {
  WATCHER,
  CONVERTER,
  PINNER,
  RESOLVER;

  /** Its name on the command line; also part of the consumer group's name. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
