package dev.longshore.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.http.NotAnsweredException;
import dev.longshore.app.query.http.QueryClient;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.watcher.Pause;
import java.time.Duration;

/** Waits for the next notification of a registry, and says what came of it. */
final class WebhookTrial {
  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final Settings settings;
  private final RegistrySettings registry;
  private final Terminal terminal;
  private final boolean json;

  WebhookTrial(Settings settings, RegistrySettings registry, Terminal terminal, boolean json) {
    this.settings = settings;
    this.registry = registry;
    this.terminal = terminal;
    this.json = json;
  }

  int run(Duration limit) throws CommandException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long seen = number(ask());
    terminal.now("waiting for a notification to /hooks/" + registry.name() + "; push an image ...");
    while (System.nanoTime() < end) {
      for (JsonNode each : ask().path("last")) {
        if (each.path("number").asLong() > seen
            && each.path("registry").asText().equals(registry.name())) {
          return told(each);
        }
      }
      Pause.REAL.of(BETWEEN);
    }
    throw new CommandException(
        "nothing came to /hooks/%s within %d s; see at the sender whether it tried, and that it reaches the address"
            .formatted(registry.name(), limit.toSeconds()));
  }

  private static long number(JsonNode answer) {
    JsonNode last = answer.path("last");
    return last.isEmpty() ? 0 : last.get(last.size() - 1).path("number").asLong();
  }

  private int told(JsonNode seen) {
    String outcome = seen.path("outcome").asText();
    if (json) {
      terminal.json(seen);
    } else {
      terminal.result(
          "%-9s %s: %s"
              .formatted(
                  outcome.equals("refused") ? "refused" : "arrived",
                  seen.path("sender").asText(),
                  seen.path("what").asText()));
      seen.path("images").forEach(image -> terminal.result("would     " + would(image.asText())));
    }
    return switch (outcome) {
      case "hint" -> ExitCode.COMPLETE.code();
      case "nothing" -> ExitCode.INCOMPLETE.code();
      default -> ExitCode.ERROR.code();
    };
  }

  private String would(String image) {
    try {
      Reference reference = Reference.parse(registry.host() + "/" + image);
      return "look at %s; %s"
          .formatted(
              reference,
              new Rules(settings.shared().rules())
                  .firstMatch(reference.name(), reference.selector())
                  .explanation());
    } catch (OciFormatException e) {
      return "do nothing: " + e.getMessage();
    }
  }

  private JsonNode ask() throws CommandException {
    try {
      QueryClient.Told told = new QueryClient(settings.shared()).ask("deliveries", null, true);
      if (told.printed().isEmpty()) {
        throw new CommandException(told.error().orElse("the service knows of no notifications"));
      }
      return new JsonMapper().readTree(told.printed());
    } catch (NotAnsweredException e) {
      throw new CommandException(
          "the watcher does not answer at health.listen of these settings; start it, run this where"
              + " it runs, or do what it says: "
              + e.getMessage(),
          e);
    } catch (JsonProcessingException e) {
      throw new CommandException("the watcher's answer is no JSON", e);
    }
  }
}
