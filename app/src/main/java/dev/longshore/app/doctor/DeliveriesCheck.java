package dev.longshore.app.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.app.query.http.NotAnsweredException;
import dev.longshore.app.query.http.QueryClient;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.runtime.config.SharedSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a watcher that runs here received of late: what it did not understand, and refused. */
record DeliveriesCheck(SharedSettings shared) implements Check {
  private static final String TRIED = "ask the watcher what came to it";

  @Override
  public String part() {
    return "notifications";
  }

  @Override
  public void look(Findings findings) throws JsonProcessingException {
    QueryClient.Told told;
    try {
      told = new QueryClient(shared).ask("deliveries", null, true);
    } catch (NotAnsweredException e) {
      findings.fine(
          TRIED,
          "nobody answers: it does not run here, or its health listener is closed, or it refuses: "
              + e.getMessage());
      return;
    }
    if (told.printed().isEmpty()) {
      findings.fine(TRIED, told.error().orElse("no watcher runs here"));
      return;
    }
    JsonNode answer = new JsonMapper().readTree(told.printed());
    Map<String, JsonNode> unclear = new LinkedHashMap<>();
    answer.path("notUnderstood").forEach(seen -> unclear.put(sender(seen), seen));
    unclear.forEach(
        (sender, last) ->
            findings.warning(
                TRIED,
                "%s was not understood, last at %s: %s"
                    .formatted(sender, last.path("at").asText(), last.path("what").asText()),
                "correct notifications of the registry or its mapping, or the events chosen at the"
                    + " sender; docs/senders.md"));
    Map<String, JsonNode> latest = new LinkedHashMap<>();
    answer.path("last").forEach(seen -> latest.put(sender(seen), seen));
    latest.values().removeIf(seen -> !seen.path("outcome").asText().equals("refused"));
    latest.forEach(
        (sender, last) ->
            findings.warning(
                TRIED,
                "%s was refused, last at %s: %s"
                    .formatted(sender, last.path("at").asText(), last.path("what").asText()),
                "give the sender the secret; longshore webhook %s prints how"
                    .formatted(last.path("sender").asText())));
    if (unclear.isEmpty() && latest.isEmpty()) {
      findings.fine(TRIED, answer.path("last").size() + " of late, all understood");
    }
  }

  private static String sender(JsonNode seen) {
    return seen.path("sender").asText() + " for " + seen.path("registry").asText();
  }
}
