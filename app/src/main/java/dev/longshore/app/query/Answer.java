package dev.longshore.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a question is answered with, for people and for machines.
 *
 * @param code what a command that asked ends with
 * @param lines for people; none where there is only an error
 * @param json the same for machines; none where there is only an error
 * @param error a sentence for people who look for something else, if what they asked is not there
 */
public record Answer(
    ExitCode code, List<String> lines, @Nullable JsonNode json, @Nullable String error) {
  public Answer {
    lines = List.copyOf(lines);
  }

  Answer(ExitCode code, List<String> lines, JsonNode json) {
    this(code, lines, json, null);
  }

  /** As a command prints it to stdout, whole lines. */
  public String printed(boolean asJson) {
    if (asJson) {
      return json == null ? "" : json.toPrettyString() + "\n";
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
