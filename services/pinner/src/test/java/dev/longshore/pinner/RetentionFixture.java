package dev.longshore.pinner;

import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Versions that tags leave, and peers with copies of them. */
abstract class RetentionFixture {
  static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/team/other");
  static final KeepSettings NOTHING = new KeepSettings(0, null, null, null, null);
  static final KeepSettings WEEK = new KeepSettings(0, Duration.ofDays(7), null, null, null);
  static final Duration CALL = Duration.ofSeconds(2);

  final Map<String, TagState> tags = new LinkedHashMap<>();
  @Nullable KeptBed opened;

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  Cid gone(KeptBed bed) throws Exception {
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    pass(bed, Retention.GRACE.plusMinutes(1));
    await(bed, first, PinPhase.GONE);
    return first;
  }

  List<Cid> many(KeptBed bed, int count) throws Exception {
    List<String> contents = IntStream.range(0, count).mapToObj(n -> "version " + n).toList();
    List<Cid> many = bed.images(contents, 3);
    contents.forEach(content -> point(bed, "1", content));
    pushed(bed, "1", "the last");
    return many;
  }

  static void confirm(KeptBed bed, String id, String guard, int count) throws Exception {
    bed.write(
        DecisionState.of(
            id, new Confirm(guard, count), "ann", "I cleaned up", bed.clock.instant(), null));
  }

  KeptBed bed(@Nullable KeepSettings keep) {
    return bed(List.of(rule("**", keep, ReleaseSettings.GUARDED)));
  }

  KeptBed bed(List<RuleSettings> rules) {
    return bed(rules, "a", "b", "c");
  }

  KeptBed bed(List<RuleSettings> rules, String... peers) {
    KeptBed bed =
        new KeptBed(
            rules,
            Stream.of(peers).collect(Collectors.toMap(peer -> peer, peer -> PeerPlace.of(peer))),
            false);
    bed.knowsImages = true;
    opened = bed;
    return bed;
  }

  static RuleSettings rule(String match, @Nullable KeepSettings keep, ReleaseSettings release) {
    return new RuleSettings(match, List.of(Mode.PLAIN), List.of(), 3, 1, null)
        .keeping(keep, release);
  }

  Cid pushed(KeptBed bed, String tag, String content) throws Exception {
    Cid dag = bed.image(content, 3);
    point(bed, tag, content);
    return dag;
  }

  void point(KeptBed bed, String tag, String content) {
    point(bed, APP, tag, content);
  }

  /** Says that the tag points there now, as the watcher does. */
  void point(KeptBed bed, RepositoryName name, String tag, String content) {
    point(bed, name, tag, digest(content));
  }

  void point(KeptBed bed, RepositoryName name, String tag, Digest digest) {
    Instant now = bed.clock.instant();
    write(bed, state(name, null, digest, List.of(), false, now));
    @Nullable TagState before = tags.get(name + ":" + tag);
    List<Version> versions = new ArrayList<>();
    if (before != null) {
      versions.add(
          new Version(
              before.digest(), Origin.WEBHOOK, before.hintedAt(), before.observedAt(), now));
      versions.addAll(before.versions());
    }
    put(bed, state(name, new Tag(tag), digest, versions, false, now));
  }

  void delete(KeptBed bed, String tag) {
    TagState before = tags.get(APP + ":" + tag);
    put(
        bed,
        state(APP, before.tag(), before.digest(), before.versions(), true, bed.clock.instant()));
  }

  void put(KeptBed bed, TagState state) {
    tags.put(state.key(), state);
    write(bed, state);
  }

  static void write(KeptBed bed, TagState state) {
    try {
      bed.write(state);
    } catch (Exception e) { // as a listener may not throw what it may
      throw new IllegalStateException(e);
    }
  }

  static TagState state(
      RepositoryName name,
      @Nullable Tag tag,
      Digest digest,
      List<Version> versions,
      boolean deleted,
      Instant now) {
    return new TagState(
        name,
        tag,
        digest,
        "application/vnd.oci.image.manifest.v1+json",
        1,
        List.of(),
        deleted,
        Origin.WEBHOOK,
        now,
        now,
        versions,
        now);
  }

  /** As long as registries take to be listed after the catalog was filled. */
  static void settle(KeptBed bed) {
    complete(bed);
    pass(bed, Duration.ofMinutes(61));
  }

  static void complete(KeptBed bed) {
    bed.round(); // the pinner has begun before
    bed.catalog.writer().complete(bed.clock.instant());
  }

  static void pass(KeptBed bed, Duration time) {
    rounds(bed, time, true);
  }

  /** Goes on in a few steps, and then in rounds. */
  static void rounds(KeptBed bed, Duration time, boolean complete) {
    bed.clock.advance(time);
    for (int i = 0; i < 3; i++) {
      if (complete) {
        bed.catalog.writer().complete(bed.clock.instant());
      }
      bed.round();
    }
  }

  static void await(KeptBed bed, Cid dag, PinPhase phase) {
    Eventually.inRounds(
        dag + " " + phase,
        () -> {
          if (phase(bed, dag) == phase) {
            return true;
          }
          rounds(bed, Duration.ZERO, true);
          return false;
        });
  }

  static PinPhase phase(KeptBed bed, Cid dag) {
    PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
    return PinRecord.phase(pin);
  }

  static Digest digest(String content) {
    return Digest.stored(Sha256.digest(content.getBytes(StandardCharsets.UTF_8)));
  }
}
