package dev.longshore.app.cli;

import dev.longshore.catalog.Decisions;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.Excerpt;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Decisions as lines of JSON, each a record as Kafka has it. */
final class DecisionLines {
  /** Problems that are named. */
  private static final int NAMED = 20;

  private static final int PAGE = 500;

  /** Room for what was decided, a peer's name and a UUID. */
  private static final int ID_LENGTH = 200;

  /** Nobody changes a decision this often, and the largest number could not be changed again. */
  private static final int VERSIONS = 1_000_000;

  /** What JSON allows in a text and a terminal obeys. */
  private static final Pattern CONTROL = Pattern.compile("[\\x7f-\\x9f]");

  private DecisionLines() {}

  /**
   * All decisions, those that do not stand too.
   *
   * @throws CommandException when this release does not know what some of them say
   */
  static List<String> write(Decisions decisions) throws CommandException {
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

  private static String line(DecisionState decision) throws CommandException {
    if (decision.decision().isEmpty()) {
      throw new CommandException(
          "decision %s is of a kind that this release does not know, and would lose what it says; nothing was exported: use the release that wrote it, or a later one"
              .formatted(Excerpt.line(decision.id())));
    }
    try {
      String json = new String(EventJson.write(decision), StandardCharsets.UTF_8);
      return CONTROL
          .matcher(json)
          .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    } catch (MalformedEventException e) {
      throw new IllegalStateException("a decision that was read can be written", e);
    }
  }

  /**
   * What these lines have and the decisions lack, in words: ids, or lines that say something else.
   */
  static List<String> lacking(List<String> lines, Decisions decisions) {
    List<String> lacking = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        DecisionState old = state(line);
        if (decisions.of(old.id()).filter(now -> now.version() >= old.version()).isEmpty()) {
          lacking.add(Excerpt.of(old.id()));
        }
      } catch (MalformedEventException e) {
        lacking.add("line " + number + ", which is no decision");
      }
    }
    return lacking;
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
      throw new CommandException("nothing was imported: " + some(problems));
    }
    return decisions;
  }

  /** Not more than fit on a screen. */
  static String some(List<String> words) {
    int more = words.size() - NAMED;
    return String.join("; ", words.subList(0, Math.min(NAMED, words.size())))
        + (more > 0 ? "; and " + more + " more" : "");
  }

  private static DecisionState state(String line) throws MalformedEventException {
    return EventJson.read(line.getBytes(StandardCharsets.UTF_8), DecisionState.class);
  }

  private static DecisionState decision(String line) throws MalformedEventException {
    DecisionState decision = state(line);
    requireText("id", decision.id());
    requireText("by", decision.by());
    requireText("reason", decision.reason());
    if (decision.undone() != null) {
      requireText("undone.by", decision.undone().by());
      requireText("undone.reason", decision.undone().reason());
    }
    if (decision.id().isBlank() || decision.id().length() > ID_LENGTH) {
      throw new IllegalArgumentException(
          "id: %s (expected: 1 to %d characters)".formatted(Excerpt.of(decision.id()), ID_LENGTH));
    }
    if (decision.version() < 1 || decision.version() > VERSIONS) {
      throw new IllegalArgumentException(
          "version: %d (expected: 1 to %d)".formatted(decision.version(), VERSIONS));
    }
    if (decision.decision().isEmpty()) {
      throw new IllegalArgumentException(
          "decision %s is of a kind that this release does not know (import it with a later one)"
              .formatted(decision.id()));
    }
    if (decision.forget() != null) {
      requireSound(decision, decision.forget());
    }
    return decision;
  }

  private static void requireText(String field, String text) {
    if (Excerpt.hasControls(text)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: no control characters; take them out of the line)"
              .formatted(field, Excerpt.of(text)));
    }
  }

  private static void requireSound(DecisionState decision, Forget forget) {
    if (forget.digests().size() > Forget.LIMIT) {
      throw new IllegalArgumentException(
          "forget.digests: %d (expected: at most %d; make several decisions of it)"
              .formatted(forget.digests().size(), Forget.LIMIT));
    }
    if (decision.until() != null) {
      throw new IllegalArgumentException(
          "until: %s (expected: none, as a forget does not end by itself)"
              .formatted(decision.until()));
    }
  }
}
