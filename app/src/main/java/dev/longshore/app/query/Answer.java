package dev.longshore.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.query.find.ExitCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a question, for people and for machines.
 *
 * @param code exit code of a command that asked
 * @param lines for people; empty if there is only an error
 * @param json the same for machines; null if there is only an error
 * @param error a sentence for people, if the thing they asked for is not there
 */
public record Answer(
    ExitCode code, List<String> lines, @Nullable JsonNode json, @Nullable String error) {
  public Answer {
    lines = List.copyOf(lines);
  }

  Answer(ExitCode code, List<String> lines, JsonNode json) {
    this(code, lines, json, null);
  }

  /** As a command prints it to stdout, in whole lines. */
  public String printed(boolean asJson) {
    if (asJson) {
      return json == null ? "" : json.toPrettyString() + "\n";
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
