package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records of state: the longest can be written, and what they say is found in them. */
class StateRecordsTest {
  private static final Instant LATE = Instant.parse("2026-12-31T23:59:59.999999999Z");
  private static final Digest LONG = Digest.stored("sha512:" + "0a".repeat(64));
  private static final RepositoryName NAME =
      RepositoryName.stored("r".repeat(127), "n".repeat(127));

  @Test
  void allVersionsOfATagFit() throws Exception {
    TagState.Version version = new TagState.Version(LONG, Origin.CONTAINERD, LATE, LATE, LATE);
    TagState tag =
        new TagState(
            NAME,
            new Tag("t".repeat(128)),
            LONG,
            "m".repeat(255),
            Long.MAX_VALUE,
            Collections.nCopies(TagState.HISTORY, LONG),
            false,
            Origin.CONTAINERD,
            LATE,
            LATE,
            Collections.nCopies(TagState.VERSIONS, version),
            LATE);

    assertThat(EventJson.write(tag)).hasSizeLessThan(EventJson.LIMIT / 3);
  }

  @Test
  void allDigestsOfAForgottenIndexFit() throws Exception {
    Decision forget =
        new Decision.Forget(NAME + "@" + LONG, Collections.nCopies(Decision.Forget.LIMIT, LONG));

    DecisionState decision =
        DecisionState.of("i".repeat(64), forget, "b".repeat(255), "r".repeat(2_000), LATE, null);

    assertThat(EventJson.write(decision)).hasSizeLessThan(EventJson.LIMIT);
    assertThat(decision.decision()).contains(forget);
  }

  @Test
  void allThatALongReportMayNameFits() throws Exception {
    SiteState.Absence absence =
        new SiteState.Absence(NAME + ":" + "t".repeat(128), AbsenceReason.SUPERSEDED, null, LATE);
    SiteState site =
        new SiteState(
            new SiteName("s".repeat(63)),
            "n".repeat(255),
            "h".repeat(255),
            Long.MAX_VALUE,
            "0.2.0",
            "c".repeat(1_000),
            LATE,
            LATE,
            new SiteState.Amount(Long.MAX_VALUE, Long.MAX_VALUE),
            new SiteState.Amount(Long.MAX_VALUE, Long.MAX_VALUE),
            LATE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            List.of(),
            Collections.nCopies(SiteState.EXCEPTIONS, absence));

    assertThat(EventJson.write(site)).hasSizeLessThan(EventJson.LIMIT);
  }

  @Test
  void schemasHaveTheSameBounds() {
    assertThat(bound("tag", "previous")).isEqualTo(TagState.HISTORY);
    assertThat(bound("tag", "versions")).isEqualTo(TagState.VERSIONS);
    assertThat(bound("site", "exceptions")).isEqualTo(SiteState.EXCEPTIONS);
    assertThat(bound("sitecredentials", "credentials")).isEqualTo(SiteCredentialsState.LIMIT);
    assertThat(
            Schemas.tree("decision").at("/properties/forget/properties/digests/maxItems").asInt())
        .isEqualTo(Decision.Forget.LIMIT);
  }

  private static int bound(String shortName, String list) {
    return Schemas.tree(shortName).at("/properties/" + list + "/maxItems").asInt();
  }

  /** A pull a day and digest is one record, whoever wrote it and at which minute. */
  @Test
  void pullsOfADayShareAKey() throws Exception {
    Digest digest = Digest.of("an image".getBytes(StandardCharsets.UTF_8));
    PullState early = new PullState(digest, Instant.parse("2026-03-01T00:00:00Z"));
    PullState late = new PullState(digest, Instant.parse("2026-03-01T23:59:00Z"));
    PullState next = new PullState(digest, Instant.parse("2026-03-02T00:00:00Z"));

    assertThat(early.key()).isEqualTo(late.key()).isEqualTo(digest + "/2026-03-01");
    assertThat(next.key()).isNotEqualTo(late.key());
  }

  @Test
  void aPinOfThisReleaseIsReadByItsNumbersAndOneOfTheFirstByItsCopies() throws Exception {
    PinState numbers = EventJson.read(Golden.named("pin.v1.kept").bytes(), PinState.class);
    PinState entries = EventJson.read(Golden.named("pin.v1.two-of-three").bytes(), PinState.class);

    assertThat(numbers.copies()).isEmpty();
    assertThat(numbers.verified()).isEqualTo(2);
    assertThat(numbers.wasVerified()).isTrue();
    assertThat(entries.verifiedCount()).isNull();
    assertThat(entries.verified()).isEqualTo(2);
  }
}
