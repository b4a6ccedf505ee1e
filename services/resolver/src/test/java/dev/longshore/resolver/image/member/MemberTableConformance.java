package dev.longshore.resolver.image.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every member table does. */
public abstract class MemberTableConformance {
  private MemberTable table;

  abstract MemberTable open() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    table = open();
  }

  @AfterEach
  void end() {
    table.close();
  }

  @Test
  void imageThatWasNeverExpandedIsUnknown() {
    assertThat(table.top(cid(1))).isEmpty();
    assertThat(table.member(cid(1), digest(1))).isEmpty();
    assertThat(table.imagesWith(digest(1))).isEmpty();
    assertThat(table.parts(cid(1))).isEmpty();
    assertThat(table.referrersOf(digest(1))).isEmpty();
  }

  @Test
  void membersAreFoundInTheirImage() {
    table.put(expansion(1, 10, 11, 12));

    assertThat(table.top(cid(1))).contains(member(10));
    assertThat(table.member(cid(1), digest(10))).contains(member(10));
    assertThat(table.member(cid(1), digest(12))).contains(member(12));
    assertThat(table.member(cid(1), digest(13))).isEmpty();
    assertThat(table.parts(cid(1))).containsExactlyInAnyOrder(digest(10), digest(11), digest(12));
    assertThat(table.member(cid(2), digest(12))).isEmpty();
  }

  @Test
  void topNeedNotBeTheFirstMember() {
    table.put(
        new Expansion(cid(1), member(10), List.of(member(11), member(10)), List.of(), List.of()));

    assertThat(table.top(cid(1))).contains(member(10));
    assertThat(table.member(cid(1), digest(11))).contains(member(11));
  }

  @Test
  void partThatImagesShareIsFoundInAll() {
    table.put(expansion(1, 10, 12));
    table.put(expansion(2, 11, 12));

    assertThat(table.imagesWith(digest(12))).containsExactlyInAnyOrder(cid(1), cid(2));
    assertThat(table.having(digest(12), List.of(cid(3), cid(2)))).containsExactly(cid(2));
    assertThat(table.unread(List.of(cid(3), cid(2)))).containsExactly(cid(3));
    assertThat(table.imagesWith(digest(11))).containsExactly(cid(2));
  }

  @Test
  void sameDigestMayLieElsewhereInAnotherImage() {
    table.put(expansion(1, 10));
    Member elsewhere = new Member(digest(10), 7, MediaType.OCI_LAYER, cid(99));
    table.put(new Expansion(cid(2), elsewhere, List.of(elsewhere), List.of(), List.of()));

    assertThat(table.member(cid(1), digest(10))).contains(member(10));
    assertThat(table.member(cid(2), digest(10))).contains(elsewhere);
  }

  @Test
  void whatAnImageNamesAndLacksIsFoundUntilTheImageIsReplaced() {
    LeftOut leftOut = new LeftOut(digest(13), "the entry for linux/arm64 of an index");
    table.put(new Expansion(cid(1), member(10), List.of(member(10)), List.of(), List.of(leftOut)));

    assertThat(table.gapsAt(digest(13), 10)).containsExactly(new MemberTable.Gap(cid(1), leftOut));
    assertThat(table.gapsAt(digest(10), 10)).isEmpty();
    table.put(expansion(1, 10, 13));
    assertThat(table.gapsAt(digest(13), 10)).isEmpty();
  }

  @Test
  void laterExpansionReplacesTheEarlierOne() {
    table.put(expansion(1, 10, 11));
    table.put(expansion(1, 12));

    assertThat(table.top(cid(1))).contains(member(12));
    assertThat(table.member(cid(1), digest(11))).isEmpty();
    assertThat(table.imagesWith(digest(11))).isEmpty();
  }

  @Test
  void removedImageTakesNothingOfOthersWithIt() {
    table.put(expansion(1, 10, 12));
    table.put(expansion(2, 11, 12));
    table.remove(cid(1));
    table.remove(cid(3));

    assertThat(table.top(cid(1))).isEmpty();
    assertThat(table.imagesWith(digest(12))).containsExactly(cid(2));
    assertThat(table.member(cid(2), digest(12))).contains(member(12));
  }

  @Test
  void referrersAreFoundByTheirSubject() {
    Descriptor descriptor =
        new Descriptor(MediaType.OCI_MANIFEST, digest(20), 5)
            .withAnnotations(Map.of("a", "<&>"))
            .withArtifactType("application/vnd.test");
    Referrer referrer = new Referrer(digest(10), descriptor);
    table.put(new Expansion(cid(3), member(20), List.of(member(20)), List.of(referrer), List.of()));

    assertThat(table.referrersOf(digest(10)))
        .containsExactly(new MemberTable.Referral(cid(3), referrer));
    assertThat(table.referrersOf(digest(20))).isEmpty();
    table.remove(cid(3));
    assertThat(table.referrersOf(digest(10))).isEmpty();
  }

  @Test
  void listsOfAnyLengthComeToTheirEnd() {
    int many = 1_001;
    for (int i = 1; i <= many; i++) {
      Member own = member(1_000 + i);
      Referrer referrer =
          new Referrer(digest(3), new Descriptor(MediaType.OCI_MANIFEST, own.digest(), 5));
      table.put(
          new Expansion(
              cid(1_000 + i), own, List.of(own, member(2)), List.of(referrer), List.of()));
    }

    assertThat(table.imagesWith(digest(2)).distinct()).hasSize(many);
    assertThat(table.referrersOf(digest(3)).distinct()).hasSize(many);
  }

  static Expansion expansion(int image, int... members) {
    List<Member> list = Arrays.stream(members).mapToObj(MemberTableConformance::member).toList();
    return new Expansion(cid(image), list.getFirst(), list, List.of(), List.of());
  }

  static Member member(int n) {
    return new Member(digest(n), n * 1_000_000_000L, MediaType.OCI_MANIFEST, cid(100 + n));
  }

  static Cid cid(int n) {
    byte[] hash = new byte[32];
    hash[0] = (byte) n;
    hash[1] = (byte) (n >> 8);
    return Cid.raw(hash);
  }

  static Digest digest(int n) {
    return Digest.sha256("%064x".formatted(n));
  }
}
