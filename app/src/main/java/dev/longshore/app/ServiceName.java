package dev.longshore.app;

import java.util.Locale;

/** The four services, and the page for those who watch over them. */
public enum ServiceName {
  WATCHER,
  CONVERTER,
  PINNER,
  RESOLVER,
  OPS;

  /** Its name on the command line; also part of the consumer group's name. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
