package dev.longshore.catalog.retention;

import static dev.longshore.catalog.testing.Samples.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.retention.Term.Clause;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.KeepSettings.KeepTagsSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Days are counted from {@link Samples#NOW}. */
class RepositoryRetentionTest {
  private static final KeepSettings NOTHING = keep(0, null, null, null);

  private final List<TagState> names = new ArrayList<>();
  private final Map<Digest, Set<Digest>> subjects = new HashMap<>();
  private final Map<Digest, Set<Digest>> children = new HashMap<>();
  private final Set<Digest> unread = new HashSet<>();
  private final Set<Digest> unmade = new HashSet<>();
  private final Map<Digest, Instant> pulls = new HashMap<>();
  private Instant countedSince = day(-1_000);

  @Test
  void whatATagPointsToIsWantedAndWhatItLeftIsNot() {
    names.add(tag("1", 3, at(2, 2), at(1, 1)));

    assertTerm(NOTHING, 3, Clause.TAG, Term.UNLIMITED);
    assertTerm(NOTHING, 2, Clause.NONE, day(2));
    assertThat(terms(NOTHING).get(digest(1)).leftAt()).isEqualTo(day(1));
  }

  @Test
  void lastKeepsTheNewestVersionsOfEachTag() {
    names.add(tag("1", 4, at(3, 3), at(2, 2), at(1, 1)));
    names.add(tag("2", 5, at(1, 9)));

    assertTerm(keep(1, null, null, null), 3, Clause.LAST, Term.UNLIMITED);
    assertTerm(keep(1, null, null, null), 2, Clause.NONE, day(2));
    assertTerm(keep(1, null, null, null), 1, Clause.LAST, Term.UNLIMITED);
    assertTerm(keep(2, null, null, null), 2, Clause.LAST, Term.UNLIMITED);
  }

  @Test
  void aVersionThatCameTwiceCountsOnceAndFromItsLastTime() {
    names.add(tag("1", 9, at(2, 5), at(1, 4), at(2, 3), at(3, 2)));

    KeepSettings two = keep(2, null, null, null);
    assertTerm(two, 2, Clause.LAST, Term.UNLIMITED);
    assertTerm(two, 1, Clause.LAST, Term.UNLIMITED);
    assertTerm(two, 3, Clause.NONE, day(2));
    assertThat(terms(two).get(digest(2)).leftAt()).isEqualTo(day(5));
  }

  @Test
  void forCountsFromTheLastTagThatLeftIt() {
    names.add(tag("1", 8, at(1, 1)));
    names.add(tag("2", 9, at(1, 4)));

    assertTerm(keep(0, 7, null, null), 1, Clause.FOR, day(11));
  }

  @Test
  void aDeletedTagCountsForItsTimeWithItsVersions() {
    names.add(tag("other", 9));
    names.add(deleted(tag("1", 2, at(2, 5), at(1, 1)), 5));

    assertTerm(keep(1, null, null, null), 2, Clause.NONE, day(5));
    assertTerm(keep(1, null, null, null), 1, Clause.LAST, day(5));
    assertTerm(keep(1, null, 3, null), 2, Clause.DELETED_FOR, day(8));
    assertTerm(keep(1, null, 3, null), 1, Clause.LAST, day(8));
  }

  @Test
  void aPullKeepsForItsTime() {
    names.add(tag("1", 2, at(1, 1)));
    pulls.put(digest(1), day(6));

    assertTerm(
        keep(0, null, null, 10), 1, Clause.PULLED_WITHIN, day(16).plus(Duration.ofHours(12)));
    assertTerm(keep(0, 20, null, 10), 1, Clause.FOR, day(21));
    assertTerm(NOTHING, 1, Clause.NONE, day(1));
  }

  @Test
  void whatWasPulledBeforePullsWereCountedIsNotKnownSoItStays() {
    names.add(tag("1", 2, at(1, 1)));
    countedSince = day(6);

    assertTerm(keep(0, null, null, 10), 1, Clause.PULLED_WITHIN, day(16));
    assertTerm(NOTHING, 1, Clause.NONE, day(1));
  }

  @Test
  void allButTheNewestTagsGoByWhenTheyWereFirstSeen() {
    names.add(seen(tag("ci-1", 1), 1));
    names.add(seen(tag("ci-2", 2), 2));
    names.add(seen(tag("ci-3", 3, at(7, 3)), 3));
    names.add(seen(tag("latest", 4), 0));

    KeepSettings one = keepTags(1, "ci-*");
    assertTerm(one, 3, Clause.TAG, Term.UNLIMITED);
    assertTerm(one, 2, Clause.NONE, day(3));
    assertTerm(one, 1, Clause.NONE, day(2));
    assertTerm(one, 4, Clause.TAG, Term.UNLIMITED);
    assertTerm(keepTags(1), 4, Clause.NONE, day(1));
    assertTerm(keepTags(2, "ci-*"), 2, Clause.TAG, Term.UNLIMITED);
    assertTerm(keepTags(2, "ci-*"), 1, Clause.NONE, day(3));
  }

  @Test
  void aDeletedTagIsNotAmongTheNewest() {
    names.add(seen(tag("ci-1", 1), 1));
    names.add(deleted(seen(tag("ci-2", 2), 2), 3));

    assertTerm(keepTags(1), 1, Clause.TAG, Term.UNLIMITED);
  }

  @Test
  void signaturesFollowTheirImageAndAreNeitherVersionsNorTags() {
    names.add(seen(tag("1", 3, at(2, 2), at(1, 1)), 1));
    for (String suffix : List.of("", ".sig", ".att", ".sbom")) {
      names.add(seen(tag("sha256-" + digest(2).hex() + suffix, 20 + suffix.length()), 9));
      names.add(seen(tag("sha256-" + digest(1).hex() + suffix, 40 + suffix.length()), 9));
      names.add(untagged(20 + suffix.length(), 9));
      names.add(untagged(40 + suffix.length(), 9));
    }
    names.add(untagged(50, 9));
    subjects.put(digest(50), Set.of(digest(2)));
    names.add(untagged(51, 9));
    subjects.put(digest(51), Set.of(digest(50)));

    KeepSettings one = keep(1, null, null, null);
    for (int of : new int[] {20, 24, 25, 50, 51}) {
      assertTerm(one, of, Clause.SUBJECT, Term.UNLIMITED);
    }
    assertTerm(one, 40, Clause.SUBJECT, day(1));
    assertTerm(one, 44, Clause.SUBJECT, day(1));
    assertTerm(keepTags(1), 3, Clause.TAG, Term.UNLIMITED);
  }

  @Test
  void whatRefersToSomethingUnknownStays() {
    names.add(tag("1", 3));
    names.add(untagged(50, 1));
    subjects.put(digest(50), Set.of(digest(99)));

    assertTerm(NOTHING, 50, Clause.UNKNOWN_SUBJECT, Term.UNLIMITED);
  }

  @Test
  void whatAnIndexHasFollowsItWithItsSignatures() {
    names.add(tag("1", 3, at(2, 2)));
    names.add(untagged(30, 1));
    names.add(untagged(20, 1));
    names.add(untagged(50, 1));
    children.put(digest(3), Set.of(digest(30), digest(31)));
    children.put(digest(2), Set.of(digest(20)));
    subjects.put(digest(50), Set.of(digest(31)));

    assertTerm(NOTHING, 30, Clause.INDEX, Term.UNLIMITED);
    assertTerm(NOTHING, 50, Clause.SUBJECT, Term.UNLIMITED);
    assertTerm(NOTHING, 20, Clause.INDEX, day(2));
  }

  @Test
  void whatMayBeInAnIndexStaysAsLongAsTheLastOfTheseIndexes() {
    names.add(tag("1", 3, at(2, 5)));
    names.add(untagged(2, 1));
    names.add(untagged(3, 1));
    names.add(untagged(30, 1));
    names.add(untagged(50, 1));
    subjects.put(digest(50), Set.of(digest(30)));
    unread.add(digest(2));

    assertTerm(NOTHING, 30, Clause.INDEX, day(5));
    assertTerm(NOTHING, 50, Clause.SUBJECT, day(5));
    assertTerm(NOTHING, 2, Clause.NONE, day(5));

    unread.add(digest(3));
    assertTerm(NOTHING, 30, Clause.INDEX, Term.UNLIMITED);
    assertTerm(NOTHING, 50, Clause.SUBJECT, Term.UNLIMITED);
    assertTerm(NOTHING, 2, Clause.NONE, day(5));
  }

  /** Its conversion failed, or came too late, and nobody knows whether it is an index. */
  @Test
  void whatMayBeInAVersionOfWhichNothingWasMadeStaysAsLongAsThat() {
    names.add(tag("1", 9, at(4, 6), at(2, 5)));
    names.add(untagged(30, 1));
    unmade.add(digest(2));

    assertTerm(NOTHING, 30, Clause.INDEX, day(5));
    assertTerm(keep(0, 3, null, null), 30, Clause.INDEX, day(8));
    assertTerm(keep(1, null, null, null), 30, Clause.INDEX, day(5));
    assertTerm(keep(2, null, null, null), 30, Clause.INDEX, Term.UNLIMITED);
    assertTerm(keep(2, null, null, null), 9, Clause.TAG, Term.UNLIMITED);

    TagState told = untagged(2, 1);
    names.add(
        new TagState(
            told.name(),
            null,
            told.digest(),
            "application/vnd.oci.image.manifest.v1+json",
            1,
            List.of(),
            false,
            Origin.POLL,
            day(1),
            day(1),
            List.of(),
            day(1)));
    assertTerm(NOTHING, 30, Clause.NONE, day(1));
  }

  @Test
  void anIndexThatNoTagPointsToKeepsNothingForEver() {
    names.add(tag("1", 9));
    names.add(untagged(3, 2));
    names.add(untagged(30, 1));
    unread.add(digest(3));

    assertTerm(NOTHING, 3, Clause.NONE, day(2));
    assertTerm(NOTHING, 30, Clause.INDEX, day(2));
  }

  @Test
  void aDigestWithoutATagLeftWhenItWasSeen() {
    names.add(tag("1", 3));
    names.add(untagged(3, 1));
    names.add(untagged(7, 4));

    assertTerm(NOTHING, 3, Clause.TAG, Term.UNLIMITED);
    assertTerm(keep(5, 10, null, null), 7, Clause.FOR, day(14));
  }

  @Test
  void whatATagForgotLeftBeforeTheOldestItTellsOf() {
    names.add(
        tag(
            "1",
            900,
            IntStream.range(0, TagState.VERSIONS)
                .mapToObj(n -> at(100 + n, 200 - n))
                .toArray(Version[]::new)));
    names.add(untagged(7, 4));

    assertThat(terms(NOTHING).get(digest(7)).leftAt())
        .isEqualTo(day(200 - TagState.VERSIONS + 1).minus(Duration.ofHours(1)));
  }

  @Test
  void nothingGoesOfARepositoryWithoutATag() {
    names.add(deleted(tag("1", 2, at(1, 1)), 5));
    names.add(untagged(7, 4));
    names.add(tag("sha256-" + digest(2).hex() + ".sig", 8));

    assertThat(terms(NOTHING).values())
        .isNotEmpty()
        .allMatch(term -> term.clause() == Clause.NO_TAGS && term.until().equals(Term.UNLIMITED));
  }

  @Test
  void theFirstReleasesRecordedNoVersions() {
    names.add(Samples.tag("app", "1", 3, 2, 1));

    KeepSettings one = keep(1, null, null, null);
    assertTerm(one, 2, Clause.LAST, Term.UNLIMITED);
    assertTerm(one, 1, Clause.NONE, names.getFirst().observedAt());
  }

  /** What holds for any repository, whatever happened in it. */
  @Test
  void whatIsWantedIsNeverLetGoWhateverHappens() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      names.clear();
      subjects.clear();
      children.clear();
      unread.clear();
      pulls.clear();
      history(random);
      KeepSettings keep =
          keep(
              random.nextInt(4),
              random.nextBoolean() ? random.nextInt(20) : null,
              random.nextBoolean() ? random.nextInt(20) : null,
              random.nextBoolean() ? random.nextInt(20) : null);
      Map<Digest, Term> terms = terms(keep);
      String what = "seed " + seed + ", round " + round + ", " + keep + " " + names;

      names.stream()
          .filter(name -> name.tag() != null && !name.deleted())
          .filter(name -> !name.selector().startsWith("sha256-"))
          .forEach(
              name -> assertThat(terms.get(name.digest()).until()).as(what).isEqualTo(Instant.MAX));
      subjects.forEach(
          (follower, of) ->
              of.forEach(
                  subject -> {
                    if (terms.containsKey(subject)) {
                      assertThat(terms.get(follower).until())
                          .as(what)
                          .isAfterOrEqualTo(terms.get(subject).until());
                    }
                  }));
      children.forEach(
          (index, of) ->
              of.forEach(
                  child ->
                      assertThat(terms.get(child).until())
                          .as(what)
                          .isAfterOrEqualTo(terms.get(index).until())));
      pulls.forEach(
          (digest, at) -> {
            if (keep.pulledWithin() != null && !subjects.containsKey(digest)) {
              assertThat(terms.get(digest).until())
                  .as(what)
                  .isAfterOrEqualTo(at.plus(keep.pulledWithin()));
            }
          });
      // More settings keep no less.
      Map<Digest, Term> more = terms(keep(keep.last() + 1, 30, 30, 30));
      terms.forEach(
          (digest, term) ->
              assertThat(more.get(digest).until()).as(what).isAfterOrEqualTo(term.until()));
    }
  }

  private void history(Random random) {
    int day = 0;
    Set<Integer> digests = new java.util.TreeSet<>();
    for (int t = 0; t < 1 + random.nextInt(4); t++) {
      List<Version> versions = new ArrayList<>();
      for (int v = 0; v < random.nextInt(5); v++) {
        int digest = 1 + random.nextInt(12);
        digests.add(digest);
        versions.addFirst(at(digest, ++day));
      }
      int now = 1 + random.nextInt(12);
      digests.add(now);
      TagState tag = seen(tag("t" + t, now, versions.toArray(Version[]::new)), day);
      names.add(random.nextInt(4) == 0 ? deleted(tag, ++day) : tag);
    }
    for (int digest : digests) {
      names.add(untagged(digest, random.nextInt(30)));
      if (random.nextInt(3) == 0) {
        names.add(untagged(100 + digest, 1));
        subjects.put(digest(100 + digest), Set.of(digest(digest)));
        names.add(tag("sha256-" + digest(digest).hex() + ".sig", 300 + digest));
      }
      if (random.nextInt(3) == 0) {
        names.add(untagged(200 + digest, 1));
        children.put(digest(digest), Set.of(digest(200 + digest)));
      }
      if (random.nextInt(5) == 0) {
        unread.add(digest(digest));
      }
      if (random.nextInt(3) == 0) {
        pulls.put(digest(digest), day(random.nextInt(40)));
      }
    }
  }

  private void assertTerm(KeepSettings keep, int digest, Clause clause, Instant until) {
    Term term = terms(keep).get(digest(digest));
    assertThat(term.clause()).as(term.toString()).isEqualTo(clause);
    assertThat(term.until()).isEqualTo(until);
  }

  private Map<Digest, Term> terms(KeepSettings keep) {
    Set<Digest> made =
        names.stream()
            .flatMap(
                name ->
                    Stream.of(
                            Stream.of(name.digest()),
                            name.previous().stream(),
                            name.versions().stream().map(Version::digest))
                        .flatMap(Function.identity()))
            .filter(digest -> !unmade.contains(digest))
            .collect(Collectors.toSet());
    return RepositoryRetention.of(
        new RepositoryContent(names, made, subjects, children, unread, pulls, countedSince), keep);
  }

  private static KeepSettings keep(
      int last, @Nullable Integer time, @Nullable Integer deletedFor, @Nullable Integer pulled) {
    return new KeepSettings(last, days(time), days(deletedFor), days(pulled), null);
  }

  private static KeepSettings keepTags(int last, String... match) {
    return new KeepSettings(0, null, null, null, new KeepTagsSettings(last, List.of(match)));
  }

  private static @Nullable Duration days(@Nullable Integer days) {
    return days == null ? null : Duration.ofDays(days);
  }

  private static Instant day(int day) {
    return Samples.NOW.plus(Duration.ofDays(day));
  }

  /** A version that a tag left that day. */
  private static Version at(int digest, int leftOn) {
    return new Version(
        digest(digest),
        Origin.POLL,
        day(leftOn).minus(Duration.ofHours(1)),
        day(leftOn).minus(Duration.ofHours(1)),
        day(leftOn));
  }

  private static TagState tag(String tag, int digest, Version... versions) {
    TagState now = Samples.tag("app", tag, digest);
    return with(now, new Tag(tag), Arrays.asList(versions), false, now.observedAt(), null);
  }

  private static TagState untagged(int digest, int seenOn) {
    return with(Samples.tag("app", null, digest), null, List.of(), false, day(seenOn), null);
  }

  private static TagState seen(TagState tag, int day) {
    return with(tag, tag.tag(), tag.versions(), tag.deleted(), tag.observedAt(), day(day));
  }

  private static TagState deleted(TagState tag, int day) {
    return with(tag, tag.tag(), tag.versions(), true, day(day), tag.firstSeenAt());
  }

  private static TagState with(
      TagState tag,
      @Nullable Tag its,
      List<Version> versions,
      boolean deleted,
      Instant observedAt,
      @Nullable Instant firstSeenAt) {
    return new TagState(
        tag.name(),
        its,
        tag.digest(),
        tag.mediaType(),
        tag.size(),
        List.of(),
        deleted,
        tag.origin(),
        tag.hintedAt(),
        observedAt,
        versions,
        firstSeenAt);
  }
}
