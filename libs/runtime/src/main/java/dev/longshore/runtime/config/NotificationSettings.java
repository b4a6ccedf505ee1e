package dev.longshore.runtime.config;

import dev.longshore.settings.Secret;
import dev.longshore.settings.Setting;
import org.jspecify.annotations.Nullable;

/** The sender of a registry's notifications, and how it authenticates. */
public record NotificationSettings(
    @Setting(
            value = "distribution",
            doc =
                "program that sends its notifications, and so their form; docs/senders.md"
                    + " has the steps")
        NotificationFormat notifications,
    @Setting(
            doc =
                "file with a secret for this registry's sender alone: the key of its"
                    + " signatures, or the last part of its webhook's address")
        @Nullable Secret notificationSecret,
    @Setting(doc = "where notifications of form json, or other CloudEvents, name images")
        @Nullable JsonMapping notificationMapping) {

  /** The CNCF registry's format, with the listener's credentials. */
  public static final NotificationSettings USUAL =
      new NotificationSettings(NotificationFormat.DISTRIBUTION, null, null);

  public NotificationSettings {
    boolean mapped = notificationMapping != null;
    if (notifications == NotificationFormat.JSON && !mapped) {
      throw new IllegalArgumentException(
          "notifications: json needs notification-mapping, which says where a notification names"
              + " its image");
    }
    if (mapped
        && notifications != NotificationFormat.JSON
        && notifications != NotificationFormat.CLOUDEVENTS) {
      throw new IllegalArgumentException(
          "notification-mapping: the form of %s is known and needs none (expected: notifications"
                  .formatted(notifications.text())
              + " json or cloudevents)");
    }
  }
}
