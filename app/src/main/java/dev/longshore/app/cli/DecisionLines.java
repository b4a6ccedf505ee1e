package dev.longshore.app.cli;

import dev.longshore.catalog.Decisions;
import dev.longshore.events.DecisionState;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decisions as lines of JSON, each a record as Kafka has it. */
final class DecisionLines {
  /** Problems that are named. */
  private static final int NAMED = 20;

  private static final int PAGE = 500;

  private DecisionLines() {}

  /** All decisions, those that do not stand too. */
  static List<String> write(Decisions decisions) {
    List<String> lines = new ArrayList<>();
    String last = null;
    List<DecisionState> page;
    do {
      page = decisions.page(last, PAGE);
      for (DecisionState decision : page) {
        lines.add(line(decision));
        last = decision.id();
      }
    } while (page.size() == PAGE);
    return lines;
  }

  private static String line(DecisionState decision) {
    try {
      return new String(EventJson.write(decision), StandardCharsets.UTF_8);
    } catch (MalformedEventException e) {
      throw new IllegalStateException("a decision that was read can be written", e);
    }
  }

  /**
   * Reads all lines before anything is done with one.
   *
   * @throws CommandException when some are no decisions, with their numbers
   */
  static List<DecisionState> read(BufferedReader reader) throws IOException, CommandException {
    List<DecisionState> decisions = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        decisions.add(decision(line));
      } catch (MalformedEventException | IllegalArgumentException e) {
        problems.add("line " + number + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      int more = problems.size() - NAMED;
      throw new CommandException(
          "nothing was imported: "
              + String.join("; ", problems.subList(0, Math.min(NAMED, problems.size())))
              + (more > 0 ? "; and " + more + " more" : ""));
    }
    return decisions;
  }

  private static DecisionState decision(String line) throws MalformedEventException {
    DecisionState decision =
        EventJson.read(line.getBytes(StandardCharsets.UTF_8), DecisionState.class);
    if (decision.id().isEmpty() || decision.version() < 1) {
      throw new IllegalArgumentException(
          "id '%s', version %d (expected: an id, and version 1 or later)"
              .formatted(decision.id(), decision.version()));
    }
    if (decision.decision().isEmpty()) {
      throw new IllegalArgumentException(
          "decision %s is of a kind that this release does not know (import it with a later one)"
              .formatted(decision.id()));
    }
    return decision;
  }
}
