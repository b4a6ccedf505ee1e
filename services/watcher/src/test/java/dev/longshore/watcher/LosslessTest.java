package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.Page;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.testing.FirstSeed;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.SplitMix;
import dev.longshore.watcher.sender.DistributionEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 2,000 pushes, moves and deletions over 200 tags, out of a seed, while notifications are dropped,
 * doubled, late, reordered and forged, the registry fails, polls are overtaken, and our clock is
 * set back: in the end what is known is what the registry has, nothing was observed twice, and each
 * version that a notification delivered or a poll saw is in its tag's record.
 *
 * <p>{@code -Dlongshore.seed} is the seed to repeat.
 */
@Timeout(300)
final class LosslessTest {
  private static final int OPERATIONS = 2_000;
  private static final int REPOSITORIES = 4;
  private static final int TAGS = 50;
  private static final List<RandomImage> IMAGES =
      LongStream.range(0, 40).mapToObj(RandomImage::of).toList();

  private final WatchedHub hub = new WatchedHub();
  private final Deque<Hint> hints = new ArrayDeque<>();
  private final List<Late> underWay = new ArrayList<>();

  /** What each tag had that a handled notification named, or a poll found. */
  private final Map<String, Set<Digest>> learned = new HashMap<>();

  /** The registry's clock, which is right. */
  private Instant now = hub.clock.instant();

  private int operations;

  /** A notification on its way until so many operations were done. */
  private record Late(int until, String body) {}

  @Test
  void nothingIsLostWhateverHappensToNotificationsAndToOurClock() throws Exception {
    long seed = Long.getLong("longshore.seed", FirstSeed.get());
    RandomGenerator random = new SplitMix(seed);
    try {
      run(random);
      requireWhatIsThere();
      requireHistory();
      requireNothingTwice();
    } catch (AssertionError e) {
      throw new AssertionError(
          "seed " + seed + " (-Dlongshore.seed=" + seed + "): " + e.getMessage(), e);
    }
  }

  private void run(RandomGenerator random) throws Exception {
    for (operations = 0; operations < OPERATIONS; operations++) {
      operate(random);
      long seconds = random.nextInt(10);
      now = now.plusSeconds(seconds);
      hub.clock.advance(Duration.ofSeconds(seconds));
      if (random.nextInt(100) == 0) {
        hub.clock.advance(Duration.ofSeconds(-random.nextInt(86_400)));
      }
      if (random.nextInt(40) == 0) {
        hub.images.refuse(repository(random), new Fault.Status(500 + random.nextInt(4)));
      } else if (random.nextInt(10) == 0) {
        allowAll();
      }
      arrive();
      if (random.nextInt(200) == 0) {
        poll();
      }
      handle(random.nextInt(4));
    }
    allowAll();
    operations = Integer.MAX_VALUE;
    arrive();
    handle(Integer.MAX_VALUE);
    poll();
    handle(Integer.MAX_VALUE);
  }

  private void operate(RandomGenerator random) {
    RepositoryName name = repository(random);
    String tag = "v" + random.nextInt(TAGS);
    switch (random.nextInt(10)) {
      case 0, 1 -> {
        hub.images.untag(name, tag);
        send(random, event("delete", name, "", null, tag));
      }
      case 2 -> send(random, forged(random, name, tag));
      default -> {
        Descriptor pushed = hub.images.push(name, tag, IMAGES.get(random.nextInt(IMAGES.size())));
        send(random, event("push", name, pushed.mediaType(), pushed.digest(), tag));
      }
    }
  }

  private String forged(RandomGenerator random, RepositoryName name, String tag) {
    Digest absent = Digest.of(new byte[] {(byte) random.nextInt(100)});
    return random.nextBoolean()
        ? event("push", name, MediaType.OCI_MANIFEST, absent, tag)
        : event("delete", name, "", null, tag);
  }

  /** Drops it, sends it late, or more than once. */
  private void send(RandomGenerator random, String body) {
    int copies = List.of(0, 1, 1, 1, 2).get(random.nextInt(5));
    for (int i = 0; i < copies; i++) {
      underWay.add(new Late(operations + (random.nextBoolean() ? 0 : random.nextInt(80)), body));
    }
  }

  private void arrive() {
    for (Late late : List.copyOf(underWay)) {
      if (late.until() <= operations) {
        underWay.remove(late);
        hints.add(hub.hint("dev", DistributionEvents.V2, late.body(), false));
      }
    }
  }

  private void poll() throws Exception {
    hub.poll(
        "**",
        hint -> {
          hints.add(hint);
          for (HintTarget target : targets(hint)) {
            if (!target.deletion() && target.tag() != null) {
              there(Reference.tagged(target.name(), target.tag()))
                  .ifPresent(digest -> learned(target.name(), target.tag(), digest));
            }
          }
        });
  }

  private List<HintTarget> targets(Hint hint) {
    try {
      return hint.truncated() ? List.of() : HintVerification.targets(hub.registry, hint);
    } catch (PermanentFailure e) {
      throw new AssertionError("unreadable: " + e.getMessage(), e);
    }
  }

  /** Handles hints in order; what the registry refuses waits, and is handled again. */
  private void handle(int most) throws Exception {
    for (int i = 0; i < most && !hints.isEmpty(); i++) {
      Hint hint = hints.removeFirst();
      try {
        hub.handle(hint);
      } catch (TransientFailure e) {
        hints.addLast(hint);
        continue;
      } catch (PermanentFailure e) {
        throw new AssertionError("given up: " + e.getMessage(), e);
      }
      for (HintTarget target : targets(hint)) {
        Digest named = target.digest();
        if (!target.deletion()
            && target.tag() != null
            && named != null
            && there(Reference.digested(target.name(), named)).isPresent()) {
          learned(target.name(), target.tag(), named);
        }
      }
    }
  }

  private void learned(RepositoryName name, Tag tag, Digest digest) {
    learned.computeIfAbsent(TagState.key(name, tag), _ -> new HashSet<>()).add(digest);
  }

  private Optional<Digest> there(Reference reference) {
    try {
      return Optional.of(hub.images.resolve(reference).digest());
    } catch (RegistryException e) {
      return Optional.empty();
    }
  }

  private void requireWhatIsThere() throws Exception {
    for (int n = 0; n < REPOSITORIES; n++) {
      RepositoryName name = WatchedHub.name("team/app" + n);
      Map<String, Digest> listed = new HashMap<>();
      for (String tag : hub.images.tags(name, Page.START).items()) {
        listed.put(tag, there(Reference.tagged(name, new Tag(tag))).orElseThrow());
      }
      Map<String, Digest> known = new HashMap<>();
      for (TagState state : hub.catalog.tags().ofRepository(name, null, 1_000)) {
        known.put(state.selector(), state.digest());
      }
      assertThat(known).as("tags of " + name).isEqualTo(listed);
    }
  }

  private void requireHistory() {
    learned.forEach(
        (key, digests) -> {
          TagState state = hub.catalog.tags().byKey(key).orElseThrow();
          Set<Digest> recorded = new HashSet<>(Set.of(state.digest()));
          state.versions().forEach(version -> recorded.add(version.digest()));
          assertThat(recorded).as("history of " + key).containsAll(digests);
          Instant later = state.observedAt();
          for (Version version : state.versions()) {
            if (version.observedAt() != null) {
              assertThat(version.leftAt())
                  .as("a version of %s left before it came, or after the next came", key)
                  .isBetween(version.observedAt(), later);
              later = version.observedAt();
            }
          }
        });
  }

  private void requireNothingTwice() {
    Map<String, Integer> moves = new HashMap<>();
    for (Observed event : hub.observed) {
      moves.merge(event.key() + " " + event.digest(), 1, Integer::sum);
    }
    moves.forEach(
        (what, count) -> {
          String key = what.substring(0, what.indexOf(' '));
          Digest digest = Digest.parse(what.substring(what.indexOf(' ') + 1));
          TagState state = hub.catalog.tags().byKey(key).orElseThrow();
          long times =
              (state.digest().equals(digest) && !state.deleted() ? 1 : 0)
                  + state.versions().stream()
                      .filter(v -> v.digest().equals(digest) && v.observedAt() != null)
                      .count();
          if (state.versions().size() < TagState.VERSIONS) {
            assertThat((long) count).as("observed " + what).isEqualTo(times);
          }
        });
  }

  private String event(
      String action, RepositoryName name, String type, @Nullable Digest digest, String tag) {
    return """
    {"events": [{"timestamp": "%s", "action": "%s", "target": {"mediaType": "%s",
      "repository": "%s", "tag": "%s"%s}}]}
    """
        .formatted(
            now,
            action,
            type,
            name.repository(),
            tag,
            digest == null ? "" : ", \"digest\": \"" + digest + "\"");
  }

  private static RepositoryName repository(RandomGenerator random) {
    return WatchedHub.name("team/app" + random.nextInt(REPOSITORIES));
  }

  private void allowAll() {
    for (int n = 0; n < REPOSITORIES; n++) {
      hub.images.allow(WatchedHub.name("team/app" + n));
    }
  }
}
