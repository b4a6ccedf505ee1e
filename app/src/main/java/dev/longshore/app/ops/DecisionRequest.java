package dev.longshore.app.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.runtime.edge.http.HttpFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What somebody at the page wants to decide.
 *
 * @param subject name or digest of an image, peer, guard, or key of failed work
 * @param time how long, such as {@code 4h}; null if until it is taken back
 * @param to the peer that takes its place; null if any may
 * @param expected what the plan said that it means, if it means something else later
 * @param reason why; empty for a plan
 */
record DecisionRequest(
    Action action,
    String subject,
    @Nullable String time,
    @Nullable String to,
    List<String> expected,
    String reason) {
  private static final ObjectMapper JSON = new ObjectMapper();

  DecisionRequest {
    expected = List.copyOf(expected);
  }

  /** Actions, each with the command that does the same. */
  enum Action {
    FORGET("forget"),
    UNFORGET("forget"),
    DRAIN("peer drain"),
    UNDRAIN("peer undrain"),
    HOLD("peer hold"),
    UNHOLD("peer unhold"),
    CONFIRM("guard confirm"),
    RETRY("replay");

    private final String command;

    Action(String command) {
      this.command = command;
    }

    /** As the audit log names it. */
    String command() {
      return command;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Reads the body of a request. */
  static DecisionRequest of(byte[] body) throws HttpFailure {
    JsonNode node = json(body);
    String action = text(node, "action");
    List<String> expected = new ArrayList<>();
    node.path("expected").forEach(one -> expected.add(one.asText()));
    return new DecisionRequest(
        Arrays.stream(Action.values())
            .filter(one -> one.text().equals(action))
            .findFirst()
            .orElseThrow(
                () ->
                    bad(
                        "action: %s (expected: %s)"
                            .formatted(
                                action,
                                Arrays.stream(Action.values())
                                    .map(Action::text)
                                    .collect(Collectors.joining(", "))))),
        text(node, "subject"),
        optional(node, "time"),
        optional(node, "to"),
        expected,
        node.path("reason").asText(""));
  }

  static JsonNode json(byte[] body) throws HttpFailure {
    try {
      JsonNode node = JSON.readTree(body);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw new HttpFailure(400, "BAD_REQUEST", "the body is no JSON", Map.of(), e);
    } catch (IOException e) {
      throw new IllegalStateException("an array of bytes can be read", e);
    }
    throw bad("the body is no object of JSON");
  }

  private static String text(JsonNode node, String field) throws HttpFailure {
    String text = optional(node, field);
    if (text == null) {
      throw bad(field + ": none (expected: a text)");
    }
    return text;
  }

  private static @Nullable String optional(JsonNode node, String field) {
    String text = node.path(field).asText("").strip();
    return text.isEmpty() ? null : text;
  }

  private static HttpFailure bad(String message) {
    return new HttpFailure(400, "BAD_REQUEST", message);
  }
}
