package dev.longshore.runtime.config;

import java.util.Locale;

/** The form of a registry's notifications, by who sends them. */
public enum NotificationFormat {
  DISTRIBUTION,
  HARBOR,
  ZOT,
  DOCKERHUB,
  QUAY,
  GITHUB,
  GITLAB,
  GITEA,
  CLOUDEVENTS,
  JSON;

  /** Its text in the configuration and in metrics. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
