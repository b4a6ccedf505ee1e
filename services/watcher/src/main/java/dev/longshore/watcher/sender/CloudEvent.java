package dev.longshore.watcher.sender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One CloudEvent, whatever the HTTP mode that brought it: structured, batch or binary.
 *
 * @param whole its structured form, with {@code data} as JSON
 */
record CloudEvent(ObjectNode whole) {
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final List<String> ATTRIBUTES =
      List.of("id", "source", "specversion", "type", "subject", "time");

  static boolean areIn(Delivery delivery) {
    return delivery.mediaType().startsWith("application/cloudevents")
        || !delivery.header("ce-type").isEmpty();
  }

  static List<CloudEvent> all(Delivery delivery) throws NotUnderstoodException {
    List<CloudEvent> events = new ArrayList<>();
    if (delivery.mediaType().equals(BATCH)) {
      JsonNode batch = Payload.of(delivery);
      if (!batch.isArray()) {
        throw new NotUnderstoodException(Reason.BODY, "a batch is a list of events");
      }
      for (JsonNode event : batch) {
        events.add(structured(event));
      }
    } else if (delivery.mediaType().equals(STRUCTURED)) {
      events.add(structured(Payload.of(delivery)));
    } else if (!delivery.header("ce-type").isEmpty()) {
      events.add(binary(delivery));
    } else {
      throw new NotUnderstoodException(
          Reason.BODY,
          "it is no CloudEvent (expected: content type %s or %s, or header ce-type)"
              .formatted(STRUCTURED, BATCH));
    }
    return events;
  }

  private static CloudEvent structured(JsonNode node) throws NotUnderstoodException {
    if (!(node instanceof ObjectNode event) || Payload.text(event, "type").isEmpty()) {
      throw new NotUnderstoodException(Reason.BODY, "an event has no type");
    }
    String encoded = Payload.text(event, "data_base64");
    if (!encoded.isEmpty()) {
      event.set("data", Payload.ofBase64(encoded));
    }
    return new CloudEvent(event);
  }

  /** The same delivery in structured mode, if it is of a CloudEvent in binary mode. */
  static Delivery withoutHeaders(Delivery delivery) {
    if (delivery.mediaType().startsWith("application/cloudevents")
        || delivery.header("ce-type").isEmpty()) {
      return delivery;
    }
    ObjectNode event = attributes(delivery);
    event.put("data_base64", Base64.getEncoder().encodeToString(delivery.body()));
    return new Delivery(STRUCTURED, event.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static CloudEvent binary(Delivery delivery) throws NotUnderstoodException {
    ObjectNode event = attributes(delivery);
    event.set("data", Payload.of(delivery));
    return new CloudEvent(event);
  }

  private static ObjectNode attributes(Delivery delivery) {
    ObjectNode event = Payload.JSON.createObjectNode();
    for (String name : ATTRIBUTES) {
      String value = delivery.header("ce-" + name);
      if (!value.isEmpty()) {
        event.put(name, value);
      }
    }
    return event;
  }

  String type() {
    return Payload.text(whole, "type");
  }

  /** When it happened; null if it does not say. */
  @Nullable Instant time() {
    return Payload.time(whole, "time");
  }

  JsonNode data() {
    return whole.path("data");
  }
}
