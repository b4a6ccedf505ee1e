package dev.longshore.watcher.sender;

import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.edge.access.CallHeaders;
import java.util.List;
import java.util.Optional;

/**
 * Who sends notifications: their form, and how the sender signs them. What a sender says is a
 * reason to look at the registry, and no more.
 */
public sealed interface Sender
    permits Distribution, Harbor, Zot, DockerHub, Quay, GitHub, Gitea, CloudEvents, MappedJson {

  /** As in the configuration. */
  String name();

  /**
   * Collects what it says about images; nothing if it is about something else.
   *
   * @throws NotUnderstoodException when this sender sends no such thing
   */
  void read(Delivery delivery, Changes changes) throws NotUnderstoodException;

  /** What it says, and what of it could not be read. */
  default ParsedNotification told(Delivery delivery) {
    Changes changes = new Changes();
    changes.attempt(() -> read(delivery, changes));
    return changes.told();
  }

  /**
   * What is kept of a delivery, to be read again without its headers. In other JSON, headers of a
   * CloudEvent mean nothing.
   */
  default Delivery kept(Delivery delivery) {
    return this instanceof MappedJson ? delivery : CloudEvent.withoutHeaders(delivery);
  }

  /** The signature of the body that the headers show, if this sender signs. */
  default Optional<Signature> signature(CallHeaders headers) {
    return Optional.empty();
  }

  /** Headers that show the secret itself, besides {@code Authorization}. */
  default List<String> secretHeaders() {
    return List.of();
  }

  /** The configured one. */
  static Sender of(NotificationSettings settings) {
    return switch (settings.notifications()) {
      case DISTRIBUTION, GITLAB -> new Distribution(settings.notifications().text());
      case HARBOR -> new Harbor();
      case ZOT -> new Zot();
      case DOCKERHUB -> new DockerHub();
      case QUAY -> new Quay();
      case GITHUB -> new GitHub();
      case GITEA -> new Gitea();
      case CLOUDEVENTS -> CloudEvents.of(settings.notificationMapping());
      case JSON -> MappedJson.of(settings.notificationMapping());
    };
  }
}
