package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.runtime.config.JsonMapping;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents of any sender: types that are known here, CDEvents, and others by a mapping.
 *
 * @param others reads events of other types
 */
public record CloudEvents(@Nullable MappedJson others) implements Sender {
  static CloudEvents of(@Nullable JsonMapping mapping) {
    return new CloudEvents(mapping == null ? null : MappedJson.of(mapping));
  }

  @Override
  public Optional<Signature> signature(CallHeaders headers) {
    return others == null ? Optional.empty() : others.signature(headers);
  }

  @Override
  public List<String> secretHeaders() {
    return others == null ? List.of() : others.secretHeaders();
  }

  @Override
  public String name() {
    return "cloudevents";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    if (!CloudEvent.areIn(delivery)) {
      // CDEvents need not travel as CloudEvents.
      JsonNode body = Payload.of(delivery);
      CdEvents.read(Payload.text(body.path("context"), "type"), body, changes);
      return;
    }
    for (CloudEvent event : CloudEvent.all(delivery)) {
      changes.at(event.time());
      changes.attempt(() -> read(event, changes));
    }
  }

  private void read(CloudEvent event, Changes changes) throws NotUnderstoodException {
    String type = event.type();
    if (type.startsWith(Harbor.TYPES)) {
      Harbor.read(event, changes);
    } else if (type.startsWith(Zot.TYPES)) {
      Zot.read(event, changes);
    } else if (type.startsWith(CdEvents.TYPES)) {
      CdEvents.read(type, event.data(), changes);
    } else if (others != null) {
      others.read(event.whole(), changes);
    } else {
      throw new NotUnderstoodException(
          Reason.EVENT,
          "CloudEvents of type %s are unknown (expected: notification-mapping, with places such as /data/repository)"
              .formatted(Payload.shown(type)));
    }
  }
}
