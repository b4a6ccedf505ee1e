package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Records of state: the longest can be written, and what they say is found in them. */
class StateRecordsTest {
  private static final Instant LATE = Instant.parse("2026-12-31T23:59:59.999999999Z");
  private static final Digest LONG = Digest.stored("sha512:" + "0a".repeat(64));

  /** The worst that others may write: of this, each character takes six bytes. */
  private static final String FOREIGN = "\u0001".repeat(20_000);

  private static final RepositoryName NAME =
      RepositoryName.stored("r".repeat(127), "n".repeat(127));

  @Test
  void allVersionsOfATagFit() throws Exception {
    TagState.Notified notified = new TagState.Notified("distribution", LATE);
    TagState.Version version =
        new TagState.Version(LONG, Origin.CONTAINERD, LATE, LATE, LATE, notified);
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
            LATE,
            notified);

    assertThat(EventJson.write(tag)).hasSizeLessThan(EventJson.LIMIT / 3);
  }

  @Test
  void allDigestsOfAForgottenIndexFit() throws Exception {
    Decision forget =
        new Decision.Forget(NAME + "@" + LONG, Collections.nCopies(Decision.Forget.LIMIT, LONG));

    DecisionState decided =
        DecisionState.of("i".repeat(64), forget, "b".repeat(255), FOREIGN, LATE, null);
    DecisionState undone =
        new DecisionState(
            decided.id(),
            2,
            decided.by(),
            decided.reason(),
            LATE,
            LATE,
            new DecisionState.Undone("b".repeat(255), FOREIGN, LATE),
            decided.forget(),
            null,
            null,
            null);

    assertThat(EventJson.write(undone)).hasSizeLessThan(EventJson.LIMIT);
    assertThat(undone.decision()).contains(forget);
  }

  @Test
  void allThatALongReportMayNameFits() throws Exception {
    SiteState.Absence absence =
        new SiteState.Absence(NAME + "@" + LONG, AbsenceReason.SUPERSEDED, FOREIGN, LATE);
    SiteState site =
        new SiteState(
            new SiteName("s".repeat(63)),
            "n".repeat(255),
            "h".repeat(255),
            LATE,
            Long.MAX_VALUE,
            "0.2.0",
            FOREIGN,
            LATE,
            LATE,
            new SiteState.Amount(Long.MAX_VALUE, Long.MAX_VALUE),
            new SiteState.Amount(Long.MAX_VALUE, Long.MAX_VALUE),
            LATE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            List.of(),
            Collections.nCopies(SiteState.EXCEPTIONS + 1, absence),
            Long.MAX_VALUE,
            new SiteState.Amount(Long.MAX_VALUE, Long.MAX_VALUE));

    assertThat(EventJson.write(site)).hasSizeLessThan(EventJson.LIMIT);
    assertThat(site.exceptions()).hasSize(SiteState.EXCEPTIONS);
  }

  @Test
  void allThatAPeerOrAListSaysFits() throws Exception {
    List<String> addresses =
        Stream.concat(
                Stream.of("/dns/" + FOREIGN),
                Collections.nCopies(100, "/" + "a".repeat(ForeignText.ADDRESS - 1)).stream())
            .toList();
    PeerState peer =
        new PeerState(
            new PeerName("p".repeat(63)),
            "id",
            addresses,
            "zone",
            PeerPhase.UP,
            LATE,
            LATE,
            LATE,
            LATE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            null,
            null);
    assertThat(peer.addresses())
        .hasSize(PeerState.ADDRESSES)
        .containsOnly("/" + "a".repeat(ForeignText.ADDRESS - 1));
    assertThat(EventJson.write(peer)).hasSizeLessThan(EventJson.LIMIT);

    PollState poll =
        new PollState(
            NAME.registry(),
            NAME.repository(),
            FOREIGN,
            "e".repeat(ForeignText.CURSOR + 1),
            LATE,
            LATE,
            LATE,
            FOREIGN,
            1,
            LATE);
    assertThat(poll.etag()).as("of no use without its end").isNull();
    assertThat(EventJson.write(poll)).hasSizeLessThan(EventJson.LIMIT);
  }

  @Test
  void copiesThatFailedOnSixtyFourPeersFit() throws Exception {
    CopiesState.Copy failed =
        new CopiesState.Copy(
            new PeerName("p".repeat(63)),
            CopyPhase.RELEASING,
            Long.MAX_VALUE,
            FOREIGN,
            Integer.MAX_VALUE,
            LATE,
            LATE);
    CopiesState copies =
        new CopiesState(
            ImageDag.stored("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"),
            Collections.nCopies(64, failed));

    assertThat(EventJson.write(copies)).hasSizeLessThan(EventJson.LIMIT);
  }

  @Test
  void whatIsCutEndsWithAWholeCharacter() {
    assertThat(ForeignText.cut("a".repeat(498) + "🚢 ab", ForeignText.ERROR))
        .isEqualTo("a".repeat(498));
    assertThat(ForeignText.cut("a".repeat(496) + "🚢 ab", ForeignText.ERROR))
        .isEqualTo("a".repeat(496) + "🚢");
    assertThat(ForeignText.cut("é\"" + "a".repeat(496), ForeignText.ERROR)).hasSize(498);
    assertThat(ForeignText.cut("", ForeignText.ERROR)).isEmpty();
  }

  @Test
  void schemasHaveTheSameBounds() {
    assertThat(bound("tag", "previous")).isEqualTo(TagState.HISTORY);
    assertThat(bound("tag", "versions")).isEqualTo(TagState.VERSIONS);
    assertThat(bound("site", "exceptions")).isEqualTo(SiteState.EXCEPTIONS);
    assertThat(bound("sitecredentials", "credentials")).isEqualTo(SiteCredentialsState.LIMIT);
    assertThat(bound("peer", "addresses")).isEqualTo(PeerState.ADDRESSES);
    assertThat(length("peer", "addresses/items")).isEqualTo(ForeignText.ADDRESS);
    assertThat(length("copies", "copies/items/properties/error")).isEqualTo(ForeignText.ERROR);
    assertThat(length("site", "exceptions/items/properties/error")).isEqualTo(ForeignText.ERROR);
    assertThat(length("site", "cursor")).isEqualTo(ForeignText.CURSOR);
    assertThat(length("poll", "cursor")).isEqualTo(ForeignText.CURSOR);
    assertThat(length("poll", "etag")).isEqualTo(ForeignText.CURSOR);
    assertThat(length("poll", "error")).isEqualTo(ForeignText.ERROR);
    assertThat(length("decision", "reason")).isEqualTo(ForeignText.REASON);
    assertThat(length("decision", "undone/properties/reason")).isEqualTo(ForeignText.REASON);
    assertThat(
            Schemas.tree("decision").at("/properties/forget/properties/digests/maxItems").asInt())
        .isEqualTo(Decision.Forget.LIMIT);
  }

  private static int length(String shortName, String field) {
    return Schemas.tree(shortName).at("/properties/" + field + "/maxLength").asInt();
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
