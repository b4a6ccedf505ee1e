package dev.longshore.runtime.config;

import java.util.Locale;

/** The format of a registry's notifications, named by the sender. */
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
