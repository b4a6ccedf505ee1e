package dev.longshore.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.TimeText;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An image's stage, and what holds it up.
 *
 * @param hints about its repository, the oldest first
 * @param forgotten the decision that forgets it
 * @param debounced what its rule made of versions that followed one another
 */
record Why(
    Found found,
    List<HintSearch.Seen> hints,
    List<WorkFailure> troubles,
    Circumstances around,
    Optional<DecisionState> forgotten,
    Debounced debounced) {
  /** The newest hints, which are shown. */
  private static final int HINTS_TOLD = 5;

  Why {
    hints = List.copyOf(hints);
    troubles = List.copyOf(troubles);
  }

  /** The stages of an image. */
  enum Stage {
    SURPLUS("no rule keeps it any longer: it goes when its time of grace is over"),
    RELEASING("no rule keeps it any longer: it is being taken off its peers"),
    RELEASED("no peer has it any longer: it was let go"),
    FORGOTTEN("people decided to forget it: it is refused, and never converted again"),
    NOT_HINTED("nobody told Longshore of it: no hint about its repository is in Kafka"),
    NOT_SEEN("not seen at its registry, though every hint about its repository was handled"),
    HINTED("hinted, not observed at its registry"),
    OBSERVED("observed, not converted"),
    CONVERTED("converted, not pinned by the pinner yet"),
    PINNING("converted, short of copies"),
    INCOMPLETE("pinned, but its registry did not serve all of its layers"),
    VERIFIED("every copy is verified, but the name does not show it yet"),
    THERE("it is there: converted, and every copy is verified");

    private final String words;

    Stage(String words) {
      this.words = words;
    }

    /** Whether peers that are away may hold it up. */
    boolean waitsForPeers() {
      return this == PINNING;
    }

    /** Whether a service may have other work to do before. */
    boolean waitsForTurn() {
      return this == HINTED || this == OBSERVED || this == CONVERTED || this == VERIFIED;
    }
  }

  Stage stage() {
    Stage stage = stage(found, hints, forgotten);
    return stage == Stage.HINTED && troubles.isEmpty() && around.waitingFor("watcher").isEmpty()
        ? Stage.NOT_SEEN
        : stage;
  }

  static Stage stage(Found found, List<HintSearch.Seen> hints, Optional<DecisionState> forgotten) {
    if (forgotten.isPresent()) {
      return Stage.FORGOTTEN;
    }
    if (!found.conversions().isEmpty()
        && found.conversions().stream().allMatch(Conversion::isLetGo)) {
      return letGo(found);
    }
    if (found.conversions().isEmpty()) {
      if (found.known()) {
        return found.shows().isReleased() ? Stage.RELEASED : Stage.OBSERVED;
      }
      return hints.isEmpty() ? Stage.NOT_HINTED : Stage.HINTED;
    }
    if (found.conversions().stream().allMatch(Conversion::complete)) {
      return found.shows().behind() ? Stage.VERIFIED : Stage.THERE;
    }
    if (found.conversions().stream().anyMatch(c -> c.pin().isEmpty())) {
      return Stage.CONVERTED;
    }
    return found.conversions().stream()
            .flatMap(c -> c.pin().stream())
            .anyMatch(p -> p.verified() < p.wanted())
        ? Stage.PINNING
        : Stage.INCOMPLETE;
  }

  private static Stage letGo(Found found) {
    Set<PinPhase> phases =
        found.conversions().stream()
            .flatMap(conversion -> conversion.pin().stream())
            .flatMap(pin -> Stream.ofNullable(pin.state()))
            .collect(Collectors.toSet());
    if (phases.contains(PinPhase.SURPLUS)) {
      return Stage.SURPLUS;
    }
    return phases.contains(PinPhase.RELEASING) ? Stage.RELEASING : Stage.RELEASED;
  }

  private NextTry nextRelease() {
    return found.conversions().stream()
        .flatMap(conversion -> conversion.pin().stream())
        .filter(pin -> pin.state() == PinPhase.SURPLUS)
        .flatMap(pin -> Stream.ofNullable(pin.stateSince()))
        .min(Comparator.naturalOrder())
        .map(
            since ->
                NextTry.at(
                    since.plus(ReleasePlan.GRACE),
                    "it is taken off its peers, unless a tag points to it again or 'longshore guard"
                        + " list' has a guard that stops it"))
        .orElseGet(() -> NextTry.never("under way"));
  }

  ExitCode exitCode() {
    return stage() == Stage.THERE ? ExitCode.COMPLETE : ExitCode.INCOMPLETE;
  }

  NextTry next() {
    return switch (stage()) {
      case FORGOTTEN ->
          NextTry.never("'longshore forget " + found.asked() + " --undo --reason TEXT'");
      case SURPLUS -> nextRelease();
      case RELEASING -> NextTry.never("under way, or when a peer comes back");
      case RELEASED ->
          NextTry.never(
              "when a tag points to it again; 'longshore push' has it converted again while its"
                  + " registry has it");
      case NOT_HINTED, NOT_SEEN -> nextLook();
      case HINTED -> nextOf("watcher");
      case OBSERVED -> nextConversion();
      case CONVERTED, VERIFIED -> nextOf("pinner");
      case PINNING -> troubles.isEmpty() ? nextCopy() : TroubleView.next(troubles.getLast());
      case INCOMPLETE ->
          NextTry.never("push the missing layers to the registry, then 'longshore push'");
      case THERE -> NextTry.never("nothing");
    };
  }

  private NextTry nextCopy() {
    return found.conversions().stream()
        .flatMap(conversion -> conversion.copies().stream())
        .map(PeerCopy::nextTryAt)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder())
        .map(at -> NextTry.at(at, "the pinner tries the copy again"))
        .orElseGet(
            () ->
                NextTry.never(
                    "under way, or when a peer comes back or joins, for which the pinner looks"
                        + " every %d s (pinner.repair-interval)"
                            .formatted(around.repairInterval().toSeconds())));
  }

  private NextTry nextLook() {
    Duration pause = around.pollInterval();
    return pause == null
        ? NextTry.never("check the registry's notifications, or ask with 'longshore push'")
        : NextTry.within(
            pause, around.now(), "its registry is looked at; 'longshore push' asks now");
  }

  private NextTry nextConversion() {
    Instant until = debounced.until();
    return until != null && until.isAfter(around.now()) && troubles.isEmpty()
        ? NextTry.at(until, "it is converted, unless the tag moves again (debounce of its rule)")
        : nextOf("converter");
  }

  private NextTry nextOf(String service) {
    if (!troubles.isEmpty()) {
      return TroubleView.next(troubles.getLast());
    }
    return NextTry.never(
        around
            .waitingFor(service)
            .map(waiting -> "waits for its turn; " + waiting)
            .orElse("under way, nothing is wrong"));
  }

  /** Peers that may be the reason for missing copies. */
  private List<PeerLook.Answer> away() {
    return stage().waitsForPeers() ? around.away() : List.of();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(found.asked() + ": " + stage().words);
    forgotten.ifPresent(d -> lines.add("  by     " + ForgottenBy.words(d)));
    lines.add("  rule   " + around.rule());
    lines.add(
        hints.isEmpty() ? "  hints  none" : "  hints  " + hints.size() + " about its repository");
    hints.stream()
        .skip(Math.max(0, hints.size() - HINTS_TOLD))
        .forEach(h -> lines.add("         " + TimeText.text(h.receivedAt()) + " by " + h.origin()));
    if (found.tag() != null) {
      lines.add("  seen   " + TimeText.text(found.tag().observedAt()) + " as " + found.digest());
      found.shows().lines(found.digest()).forEach(line -> lines.add("  shows  " + line));
    }
    debounced.lines().forEach(line -> lines.add("  passed " + line));
    for (Conversion conversion : found.conversions()) {
      lines.add(
          "  copies %s of %s, %s"
              .formatted(
                  conversion.copiesText(),
                  conversion.image().imageDag(),
                  conversion.image().mode()));
      conversion.copies().stream()
          .filter(c -> c.error() != null)
          .map(FoundView::text)
          .forEach(c -> lines.add("         " + c));
    }
    away().forEach(peer -> lines.add("  peer   " + peer));
    around.pollTroubles().forEach(poll -> lines.add("  poll   " + PollTroubles.line(poll)));
    troubles.forEach(t -> lines.add("  error  " + TroubleView.cause(t)));
    lines.add("  next   " + next().text(around.now()));
    return lines;
  }

  ObjectNode json() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("image", found.asked());
    answer.put("stage", stage().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    answer.put("meaning", stage().words);
    forgotten.ifPresent(
        decision ->
            answer
                .putObject("forgotten")
                .put("decision", decision.id())
                .put("by", decision.by())
                .put("at", decision.decidedAt().toString())
                .put("reason", decision.reason()));
    answer.put("rule", around.rule());
    var seen = answer.putArray("hints");
    hints.forEach(
        h ->
            seen.addObject()
                .put("origin", h.origin())
                .put("receivedAt", h.receivedAt().toString())
                .put("contentType", h.contentType())
                .put("truncated", h.truncated()));
    var passed = answer.putArray("superseded");
    debounced
        .skipped()
        .forEach(
            one ->
                passed
                    .addObject()
                    .put("digest", one.digest().toString())
                    .put("by", one.by().toString())
                    .put("observedAt", one.at().toString()));
    answer.set("found", FoundView.json(found));
    var errors = answer.putArray("errors");
    troubles.forEach(t -> errors.add(TroubleView.json(t, around.now())));
    PollTroubles.put(around.pollTroubles(), answer.putArray("pollTroubles"));
    var peers = answer.putArray("peersAway");
    away()
        .forEach(
            p ->
                peers
                    .addObject()
                    .put("peer", p.peer())
                    .put("site", p.site())
                    .put("problem", p.problem()));
    answer.put("next", next().text(around.now()));
    answer.set("nextTry", next().json(around.now()));
    return answer;
  }
}
