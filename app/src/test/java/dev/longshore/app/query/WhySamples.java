package dev.longshore.app.query;

import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An image at each of its stages, and what is asked about it. */
final class WhySamples {
  static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  static final Instant NOW = AT.plusSeconds(30);
  static final String IMAGE = "localhost:5055/team/app:1";
  static final HintSearch.Seen HINT = new HintSearch.Seen("webhook", AT, "application/json", false);

  private WhySamples() {}

  static Found found(boolean observed, Conversion... conversions) {
    TagState tag =
        observed
            ? new TagState(
                RepositoryName.canonical("localhost:5055/team/app"),
                new Tag("1"),
                Digest.stored("sha256:d"),
                "m",
                7,
                List.of(),
                false,
                Origin.WEBHOOK,
                AT,
                AT)
            : null;
    return new Found(
        IMAGE,
        tag,
        observed ? Digest.stored("sha256:d") : null,
        observed ? List.of(IMAGE) : List.of(),
        List.of(conversions));
  }

  static Conversion conversion(List<String> missing, @Nullable Integer verified) {
    return conversion(missing, verified, null);
  }

  static Conversion conversion(
      List<String> missing, @Nullable Integer verified, @Nullable Instant nextTryAt) {
    ImageState image =
        new ImageState(
            Digest.stored("sha256:d"),
            new Recipe("recipe"),
            ModeName.of(Mode.PLAIN),
            "m",
            ImageDag.stored("dag"),
            RootCid.stored("root"),
            Cid.stored("manifest"),
            List.of(),
            3,
            100,
            missing.stream().map(Digest::stored).toList(),
            new PeerName("a"),
            RepositoryName.canonical("localhost:5055/team/app"),
            AT);
    if (verified == null) {
      return new Conversion(image, Optional.empty(), List.of());
    }
    List<PeerCopy> copies = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      boolean there = n < verified;
      copies.add(
          new PeerCopy(
              new CopiesState.Copy(
                  new PeerName("peer-" + n),
                  there ? CopyPhase.VERIFIED : CopyPhase.FAILED,
                  there ? 100 : 0,
                  there ? null : "no space left",
                  null,
                  there ? null : nextTryAt,
                  AT),
              "site",
              "id",
              List.of()));
    }
    PinState pin =
        new PinState(
            ImageDag.stored("dag"),
            3,
            List.of(),
            new PeerName("a"),
            true,
            AT,
            1,
            verified,
            null,
            null,
            null,
            PinPhase.KEPT,
            AT);
    return new Conversion(image, Optional.of(pin), copies);
  }

  static Why why(Found found, List<HintSearch.Seen> hints, WorkFailure... troubles) {
    return why(found, hints, List.of(), troubles);
  }

  static Why why(
      Found found,
      List<HintSearch.Seen> hints,
      List<Backlog.Waiting> waiting,
      WorkFailure... troubles) {
    return new Why(
        found,
        hints,
        List.of(troubles),
        new Circumstances(
            NOW,
            "matches no rule",
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            List.of(
                new PeerLook.Answer("peer-2", "site", PeerLook.State.AWAY, "connection refused")),
            waiting,
            List.of()),
        Optional.empty(),
        Debounced.NOT);
  }

  static WorkFailure trouble(WorkFailure.Kind kind) {
    return trouble(kind, NOW.plusSeconds(72));
  }

  static WorkFailure trouble(WorkFailure.Kind kind, @Nullable Instant nextTry) {
    return new WorkFailure(
        IMAGE,
        "convert",
        kind,
        "TRANSIENT",
        "registry localhost:5055",
        "connection refused",
        4,
        AT,
        kind == WorkFailure.Kind.TRANSIENT ? nextTry : null);
  }

  static Conversion letGo(PinPhase phase) {
    Conversion there = conversion(List.of(), 3);
    return new Conversion(
        there.image(),
        Optional.of(
            new PinState(
                ImageDag.stored("dag"), 0, List.of(), null, true, AT, 0, 3, AT, AT, AT, phase, AT)),
        there.copies());
  }
}
