package dev.longshore.watcher.sender;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.runtime.config.JsonMapping;
import dev.longshore.runtime.edge.access.CallHeaders;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON of any sender, by the places that the configuration names. */
public record MappedJson(JsonMapping mapping) implements Sender {
  /** Of a validated section: {@code json} has a mapping. */
  static MappedJson of(@Nullable JsonMapping mapping) {
    return new MappedJson(Objects.requireNonNull(mapping));
  }

  @Override
  public Optional<Signature> signature(CallHeaders headers) {
    return mapping.signatureHeader() == null
        ? Optional.empty()
        : headers.all(mapping.signatureHeader()).stream()
            .flatMap(shown -> Signature.sha256(shown).or(() -> Signature.sha1(shown)).stream())
            .findFirst();
  }

  @Override
  public List<String> secretHeaders() {
    return mapping.secretHeader() == null ? List.of() : List.of(mapping.secretHeader());
  }

  @Override
  public String name() {
    return "json";
  }

  @Override
  public void read(Delivery delivery, Changes changes) throws NotUnderstoodException {
    read(Payload.of(delivery), changes);
  }

  void read(JsonNode body, Changes changes) throws NotUnderstoodException {
    JsonNode plain = mapping.wrapped() == null ? body : unwrapped(body, mapping.wrapped());
    JsonNode events = mapping.events() == null ? plain : at(plain, mapping.events());
    if (mapping.events() != null && !events.isArray()) {
      throw new NotUnderstoodException(
          Reason.BODY,
          "there is no list at " + mapping.events() + " (notification-mapping.events)");
    }
    if (events.isArray()) {
      for (JsonNode event : events) {
        changes.attempt(() -> event(event, changes));
      }
    } else {
      event(events, changes);
    }
  }

  private static JsonNode unwrapped(JsonNode body, String place) throws NotUnderstoodException {
    String text = text(body, place);
    if (text.isEmpty()) {
      throw new NotUnderstoodException(
          Reason.BODY, "there is no text at " + place + " (notification-mapping.wrapped)");
    }
    return Payload.ofBase64(text);
  }

  private void event(JsonNode event, Changes changes) throws NotUnderstoodException {
    if (!event.isObject()) {
      throw new NotUnderstoodException(Reason.BODY, "an event is no JSON object");
    }
    if (mapping.action() == null) {
      images(event, changes, false);
      return;
    }
    String action = text(event, mapping.action());
    if (mapping.push().contains(action)) {
      images(event, changes, false);
    } else if (mapping.delete().contains(action)) {
      images(event, changes, true);
    } else if (!mapping.ignore().contains(action)) {
      throw new NotUnderstoodException(
          Reason.EVENT,
          "action %s at %s is in none of notification-mapping.push, delete and ignore"
              .formatted(Payload.shown(action), mapping.action()));
    }
  }

  private void images(JsonNode event, Changes changes, boolean deletion)
      throws NotUnderstoodException {
    ImageText image = mapping.references().isEmpty() ? parts(event) : joined(event);
    for (String tag : mapping.references().isEmpty() ? tags(event) : List.of(image.tag())) {
      if (deletion) {
        changes.deletion(image.repository(), tag, image.digest());
      } else {
        changes.push(image.repository(), tag, image.digest());
      }
    }
  }

  private ImageText parts(JsonNode event) {
    return new ImageText(text(event, mapping.repository()), "", text(event, mapping.digest()));
  }

  private List<String> tags(JsonNode event) {
    if (mapping.tag() == null || !at(event, mapping.tag()).isArray()) {
      return List.of(text(event, mapping.tag()));
    }
    List<String> tags = new ArrayList<>();
    at(event, mapping.tag()).forEach(tag -> tags.add(tag.asText("")));
    return tags.isEmpty() ? List.of("") : tags; // its digest may be named
  }

  /** Several names of one image, such as one with its tag and one with its digest. */
  private ImageText joined(JsonNode event) throws NotUnderstoodException {
    ImageText joined = new ImageText("", "", "");
    for (String place : mapping.references()) {
      ImageText next = ImageText.of(text(event, place));
      if (!joined.repository().isEmpty()
          && !next.repository().isEmpty()
          && !joined.repository().equals(next.repository())) {
        throw new NotUnderstoodException(
            Reason.IMAGE,
            "it names two repositories: %s and %s"
                .formatted(Payload.shown(joined.repository()), Payload.shown(next.repository())));
      }
      joined =
          new ImageText(
              or(joined.repository(), next.repository()),
              or(joined.tag(), next.tag()),
              or(joined.digest(), next.digest()));
    }
    return joined;
  }

  private static String or(String first, String second) {
    return first.isEmpty() ? second : first;
  }

  private static JsonNode at(JsonNode node, String place) {
    return node.at(JsonPointer.compile(place));
  }

  private static String text(JsonNode node, @Nullable String place) {
    return place == null ? "" : at(node, place).asText("");
  }
}
