package dev.longshore.app.query.lag;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.DurationText;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.TimeText;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.resolver.hub.SiteLag;
import dev.longshore.resolver.hub.SiteLag.Image;
import dev.longshore.resolver.hub.SiteLag.Node;
import dev.longshore.resolver.hub.SiteLag.Remaining;
import dev.longshore.resolver.hub.SiteLag.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is the matter with one image at one site, and what happens next.
 *
 * @param asked what was typed
 * @param lag of the site
 * @param image the image there
 */
public record SiteWhy(Instant now, String asked, SiteLag lag, Image image) {
  /** Whether it is there. */
  public ExitCode exitCode() {
    return image.stage() == Stage.PRESENT ? ExitCode.COMPLETE : ExitCode.INCOMPLETE;
  }

  private String words() {
    return switch (image.stage()) {
      case REVOKED -> "the site is revoked: it gets no changes, and serves what it has";
      case NO_GROUP -> "the site gets no changes: sites.groups has no " + lag.group();
      case NOT_NAMED -> "no rule of group %s names it".formatted(lag.group());
      case NOT_NEWEST -> "its rule names the newest tags alone, and it is not among them";
      case NOT_SHOWN -> "the centre shows it in no mode that its rule asks for yet";
      case REMOVED -> "the name shows nothing any more";
      case NO_REPORT -> "the site has not reported yet";
      case NOT_HEARD -> "the site has not heard of it yet";
      case ABSENT -> "it is not there: " + reason();
      case UNCERTAIN -> "it is there, or one of those that the site counts and does not name";
      case ON_DEMAND -> "it is kept nowhere before somebody asks for it";
      case PRESENT -> "it is there";
    };
  }

  private String reason() {
    Absence absence = image.absence();
    return absence == null
        ? "nobody knows why"
        : switch (absence.reason()) {
          case WINDOW -> "it waits for the site's window";
          case EXCLUDED -> "the site's own settings leave it out";
          case FAILED -> "the last try failed";
          case UNDER_WAY -> "it is being fetched, or waits for its turn";
          case SUPERSEDED -> "something newer took its name before it was fetched";
          case FULL -> "the site's disk has no room for it";
          case HELD -> "the site is on hold";
          case UNKNOWN -> "for a reason that this version does not know";
        };
  }

  private String next() {
    return switch (image.stage()) {
      case REVOKED -> "'longshore site add' lets the site in again";
      case NO_GROUP -> "add the group to sites.groups, or add the site to another group";
      case NOT_NAMED -> "add a rule to the group";
      case NOT_NEWEST -> "nothing, while newer tags are there";
      case NOT_SHOWN -> "'longshore why " + asked + "' says what it waits for";
      case REMOVED -> "the site removes it, at once if it was forgotten";
      case NO_REPORT -> "it comes once the site has joined and asks";
      case NOT_HEARD -> away().orElse("the site hears of it with its next request, within 55 s");
      case ABSENT -> away().orElseGet(this::nextTry);
      case UNCERTAIN -> away().orElse("it comes in its turn, unless it is there");
      case ON_DEMAND -> "it is fetched when somebody pulls it there";
      case PRESENT -> "nothing";
    };
  }

  private Optional<String> away() {
    return Optional.ofNullable(image.at())
        .filter(Node::isAtLeast)
        .map(
            node ->
                "the site has been away since %s, for %s"
                    .formatted(TimeText.text(node.receivedAt()), DurationText.text(node.age())));
  }

  private String nextTry() {
    Instant at = nextAt();
    String what =
        Optional.ofNullable(image.absence())
            .map(Absence::reason)
            .map(SiteWhy::waitsFor)
            .orElse("it is tried again");
    boolean isFuture = at != null && at.isAfter(now);
    if (isFor(AbsenceReason.WINDOW) && !isFuture) {
      return "its window has opened: it comes in its turn";
    }
    if (at == null) {
      return what;
    }
    return isFuture
        ? "%s in %s (%s)".formatted(what, DurationText.text(Duration.between(now, at)), text(at))
        : "%s, since %s: the site's next report says what came of it".formatted(what, text(at));
  }

  private boolean isFor(AbsenceReason reason) {
    Absence absence = image.absence();
    return absence != null && absence.reason() == reason;
  }

  /** Nobody reckons when one of many images comes, but when the last one does. */
  private boolean comesInItsTurn() {
    return away().isEmpty()
        && switch (image.stage()) {
          case NOT_HEARD, UNCERTAIN -> true;
          case ABSENT -> isFor(AbsenceReason.UNDER_WAY) || isFor(AbsenceReason.WINDOW);
          case REVOKED,
              NO_GROUP,
              NOT_NAMED,
              NOT_NEWEST,
              NOT_SHOWN,
              REMOVED,
              NO_REPORT,
              ON_DEMAND,
              PRESENT ->
              false;
        };
  }

  private Optional<Remaining> remaining() {
    return Optional.ofNullable(image.at()).filter(_ -> comesInItsTurn()).map(Node::remaining);
  }

  private String done() {
    return remaining()
        .map(
            left ->
                "the site has all that it lacks in about %s%s"
                    .formatted(DurationText.text(left.time()), left.isAtLeast() ? " or more" : ""))
        .orElse("when the site has all that it lacks is not known");
  }

  private static String waitsFor(AbsenceReason reason) {
    return switch (reason) {
      case WINDOW -> "its window opens";
      case HELD -> "it is fetched when paused is taken out of the line of its group";
      case EXCLUDED, SUPERSEDED -> "nothing";
      case FULL -> "it is fetched when there is room";
      case UNDER_WAY -> "it comes in its turn";
      case FAILED, UNKNOWN -> "it is tried again";
    };
  }

  private @Nullable Instant nextAt() {
    Absence absence = image.absence();
    if (isFor(AbsenceReason.WINDOW)) {
      return lag.windowOpensAt();
    }
    return absence == null ? null : absence.nextTryAt();
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("%s at %s: %s".formatted(asked, lag.site(), words()));
    if (image.since() != null) {
      lines.add(
          "  pushed %s%s, %s ago"
              .formatted(
                  image.isPushKnown() ? "" : "at the latest ",
                  image.since(),
                  Lag.ago(image.since(), now)));
    }
    if (!image.platforms().isEmpty()) {
      lines.add(
          "  platforms  %s alone, of an image with several"
              .formatted(String.join(", ", image.platforms())));
    }
    came().ifPresent(text -> lines.add("  there  " + text));
    pulled().ifPresent(text -> lines.add("  pulled " + text));
    Absence absence = image.absence();
    if (absence != null && absence.error() != null) {
      lines.add("  error  " + absence.error());
    }
    if (image.stage() == Stage.NOT_NAMED) {
      if (image.group().isEmpty()) {
        lines.add("  rules  none");
      }
      image.group().forEach(rule -> lines.add("  rule   " + rule));
    }
    Node node = image.at();
    if (node != null) {
      lines.add(
          "  report of node %s, %s old%s"
              .formatted(
                  node.node(),
                  DurationText.text(node.age()),
                  node.isAtLeast() ? ": it may have changed since" : ""));
    }
    lines.add("  next   " + next());
    if (comesInItsTurn()) {
      lines.add("  done   " + done());
    }
    return lines;
  }

  private Optional<String> came() {
    Instant at = image.times().presentAt();
    if (at == null) {
      return image.stage() == Stage.PRESENT
          ? Optional.of("since a time that is not known here: this hub saw no report without it")
          : Optional.empty();
    }
    Instant since = image.since();
    return Optional.of(
        since != null && at.isBefore(since) && image.isPushKnown()
            ? "since %s, before its push".formatted(text(at))
            : "since %s%s".formatted(text(at), afterPush(at)));
  }

  private Optional<String> pulled() {
    Instant at = image.times().pulledAt();
    if (at == null) {
      return image.times().presentAt() == null
          ? Optional.empty()
          : Optional.of("not so far, as this hub heard");
    }
    return Optional.of(
        isPullFirst()
            ? "first at %s%s".formatted(text(at), afterPush(at))
            : "at %s, or before that".formatted(text(at)));
  }

  /** Who saw it come saw the first pull. */
  private boolean isPullFirst() {
    return image.times().presentAt() != null || image.stage() == Stage.ON_DEMAND;
  }

  private static Instant text(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  private String afterPush(Instant at) {
    Instant since = image.since();
    return since == null || at.isBefore(since)
        ? ""
        : ", %s%s after its push"
            .formatted(
                image.isPushKnown() ? "" : "at least ",
                DurationText.text(Duration.between(since, at)));
  }

  /** For machines. */
  public ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .put("image", asked)
        .put("site", lag.site().text())
        .put("group", lag.group())
        .put("stage", SiteLagView.json(image.stage()))
        .put("meaning", words());
    image.group().forEach(answer.putArray("rules")::add);
    if (image.since() != null) {
      answer.put("pushedAt", image.since().toString()).put("pushKnown", image.isPushKnown());
    }
    if (!image.platforms().isEmpty()) {
      image.platforms().forEach(answer.putArray("platforms")::add);
    }
    Instant came = image.times().presentAt();
    Instant pulled = image.times().pulledAt();
    answer.put("presentAt", came == null ? null : came.toString());
    answer.put("pulledAt", pulled == null ? null : pulled.toString());
    if (pulled != null) {
      answer.put("pulledFirst", isPullFirst());
    }
    Absence absence = image.absence();
    if (absence != null) {
      answer.put("reason", SiteLagView.word(absence.reason())).put("error", absence.error());
    }
    Node node = image.at();
    if (node != null) {
      answer
          .put("node", node.node())
          .put("receivedAt", node.receivedAt().toString())
          .put("atLeast", node.isAtLeast());
      if (node.isSkewed()) {
        answer.put("clockSkewSeconds", node.skew().toSeconds());
      }
    }
    answer.put("next", next());
    Instant at = nextAt();
    answer.put("nextAt", at == null ? null : at.toString());
    remaining().ifPresent(left -> SiteLagView.put(left, answer.putObject("remaining")));
    return answer;
  }
}
