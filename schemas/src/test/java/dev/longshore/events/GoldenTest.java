package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenTest {
  private static final String SHA512 =
      "sha512:"
          + "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

  static List<Golden> goldens() {
    return Golden.all();
  }

  static List<Golden> ofOtherReleases() {
    return Golden.ofOtherReleases();
  }

  static List<Golden> odd() {
    return Golden.odd();
  }

  /** Whoever could not read one would leave it out, and with it the state that it holds. */
  @ParameterizedTest
  @MethodSource("odd")
  void oddValuesAreReadAndWrittenBackTheSame(Golden golden) throws Exception {
    Record read = golden.read(golden.bytes());
    byte[] written = Golden.write(read);

    assertThat(Golden.tree(written).toString()).isEqualTo(golden.tree().toString());
    assertThat(golden.read(written)).isEqualTo(read).hasSameHashCodeAs(read);
  }

  static Stream<Golden> every() {
    return Stream.of(goldens(), ofOtherReleases(), odd()).flatMap(List::stream);
  }

  /** As this process keeps it. */
  @ParameterizedTest
  @MethodSource("every")
  void whatWasReadAndWrittenIsReadTheSameUnchecked(Golden golden) throws Exception {
    Record read = golden.read(golden.bytes());
    if (read instanceof LongshoreRecord record) {
      assertThat((Object) EventJson.readWritten(EventJson.write(record), record.getClass()))
          .isEqualTo(record)
          .hasSameHashCodeAs(record);
    }
  }

  /** A key that changes is another key: its old record stays for ever, beside the new one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "tag.v1.strange-name|REGISTRY.Example:05000/Team@x//App:y/:_-.:/@ ä",
        "tag.v1.empty|/:",
        "tag.v1.digest-of-ipv6|[2001:DB8::1]:5000/library/alpine@" + SHA512,
        "observed.v1.strange-name|Host.EXAMPLE:443/a@b:@sha256:1",
        "converted.v1.strange-name|QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBdG",
        "image.v1.other-multibases|" + SHA512 + "/Recipe 7/[::1]:5000/a@b",
        "image.v1.no-cids|/",
        "image.v1.same-cid-thrice|sha384:00/0/1/R/x/y",
        "blob.v1.other-multibase|" + SHA512 + "/",
        "blob.v1.empty|/a/b/c",
        "pin.v1.no-cid|a-no-cid",
        "copies.v1.strange|QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBdG",
        "peer.v1.strange|peer/1 \"ä\"\t:",
        "served.v1.strange-name|REGISTRY.Example:05000/Team@x//App:y/:_-.:/@ ä",
        "served.v1.digest-of-ipv6|[2001:DB8::1]:5000/library/alpine@" + SHA512,
        "decision.v1.nobody-on-hold|a/b c",
        "poll.v1.strange-name|Host.EXAMPLE:443/a@b:/",
        "pull.v1.far-away|blake3:AF13/+1000000000-12-31",
        "pull.v1.before-christ|/-0044-03-15",
        "site.v1.strange-name|Store 17/ä//a/b",
        "sitecredentials.v1.strange-name|Store 17/ä",
      })
  void oddValuesKeepTheirKeys(String file, String key) throws Exception {
    Golden golden = new Golden(Path.of("golden", "odd", file + ".json"));

    assertThat(((LongshoreRecord) golden.read(golden.bytes())).key()).isEqualTo(key);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aGoldenIsValidAndIsWrittenBackAsItWasRead(Golden golden) throws Exception {
    assertThat(Schemas.validate(golden.shortName(), golden.bytes())).isEmpty();

    Record read = golden.read(golden.bytes());
    byte[] written = Golden.write(read);

    assertThat(Golden.tree(written)).isEqualTo(golden.tree());
    assertThat(Golden.tree(written).toString())
        .as("fields in the order of the record")
        .isEqualTo(golden.tree().toString());
    assertThat(golden.read(written)).isEqualTo(read);
  }

  @ParameterizedTest
  @MethodSource("ofOtherReleases")
  void recordsOfOlderAndNewerReleasesAreValidAndReadable(Golden golden) throws Exception {
    assertThat(Schemas.validate(golden.shortName(), golden.bytes())).isEmpty();

    byte[] written = Golden.write(golden.read(golden.bytes()));

    assertThat(Schemas.validate(golden.shortName(), written)).isEmpty();
  }

  @Test
  void fieldsThatAreNotKnownAreIgnoredAndMissingOnesGetDefaults() throws Exception {
    Golden newer = byName("pin.v1.future-fields.json");
    Golden known = new Golden(Path.of("golden", "pin.v1.two-of-three.json"));
    assertThat(newer.read(newer.bytes())).isEqualTo(known.read(known.bytes()));

    Golden older = byName("tag.v1.without-optional-fields.json");
    TagState tag = EventJson.read(older.bytes(), TagState.class);
    assertThat(tag.tag()).isNull();
    assertThat(tag.previous()).isEmpty();

    Golden shorter = byName("observed.v1.shorter-request.json");
    assertThat(EventJson.read(shorter.bytes(), Observed.class).request())
        .isEqualTo(new ConversionRequest(List.of(ModeName.of(Mode.PLAIN)), List.of(), List.of()));

    Golden before = byName("blob.v1.made-without-result.json");
    assertThat(EventJson.read(before.bytes(), BlobState.class).made()).isNull();
    Golden later = byName("image.v1.future-fields.json");
    Golden now = new Golden(Path.of("golden", "image.v1.estargz.json"));
    assertThat(later.read(later.bytes())).isEqualTo(now.read(now.bytes()));
  }

  /** Who could not read a state that came later would lose the whole record. */
  @Test
  void statesThatALaterReleaseWritesAreReadAsUnknown() throws Exception {
    assertThat(EventJson.read(future("copies"), CopiesState.class).copies())
        .extracting(CopiesState.Copy::state)
        .containsExactly(CopyPhase.UNKNOWN);
    assertThat(EventJson.read(future("peer"), PeerState.class).state())
        .isEqualTo(PeerPhase.UNKNOWN);
    assertThat(EventJson.read(future("served"), ServedState.class).removed())
        .isEqualTo(RemovalReason.UNKNOWN);
    assertThat(EventJson.read(future("decision"), DecisionState.class).decision()).isEmpty();
    SiteState site = EventJson.read(future("site"), SiteState.class);
    assertThat(site.counts()).containsExactly(new SiteState.Count(AbsenceReason.UNKNOWN, 1, 1));
    assertThat(site.exceptions())
        .extracting(SiteState.Absence::reason)
        .containsExactly(AbsenceReason.UNKNOWN);
    TagState tag = EventJson.read(future("tag"), TagState.class);
    assertThat(tag.origin()).isEqualTo(Origin.UNKNOWN);
    assertThat(tag.versions().getFirst().origin()).isEqualTo(Origin.UNKNOWN);
    assertThat(tag.versions().getLast().origin()).isEqualTo(Origin.WEBHOOK);
    assertThat(EventJson.read(future("image"), ImageState.class).evidence())
        .isEqualTo(Evidence.UNKNOWN);
    assertThat(EventJson.read(future("audit"), Audited.class).proof()).isEqualTo(Proof.UNKNOWN);
    String copy = new String(Golden.named("pin.v1.two-of-three").bytes(), StandardCharsets.UTF_8);
    byte[] moving = copy.replace("\"failed\"", "\"moving\"").getBytes(StandardCharsets.UTF_8);
    assertThat(EventJson.read(moving, PinState.class).copies())
        .extracting(PinState.Copy::status)
        .contains(CopyStatus.UNKNOWN);
    String pin = new String(Golden.named("pin.v1.kept").bytes(), StandardCharsets.UTF_8);
    byte[] later = pin.replace("\"kept\"", "\"archived\"").getBytes(StandardCharsets.UTF_8);
    assertThat(EventJson.read(later, PinState.class).state()).isEqualTo(PinPhase.UNKNOWN);
  }

  private static byte[] future(String shortName) {
    return byName(shortName + ".v1.future.json").bytes();
  }

  @Test
  void everyTypeHasAGolden() {
    List<String> names =
        Arrays.stream(EventType.values()).map(t -> t.name().toLowerCase(Locale.ROOT)).toList();

    assertThat(Golden.all()).extracting(Golden::shortName).containsAll(names);
  }

  private static Golden byName(String file) {
    return Golden.ofOtherReleases().stream()
        .filter(g -> g.toString().equals(file))
        .findFirst()
        .orElseThrow();
  }
}
