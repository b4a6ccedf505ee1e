package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.model.Cid;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.End;
import dev.longshore.sites.Kind;
import dev.longshore.sites.Report;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A hub that lies: nothing of it counts, the site says so, and goes on when the hub is honest. */
class HostileHubTest {
  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage first;

  @BeforeEach
  void follow() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    first = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", first);
    site.start();
    site.awaitShown("1.0", first);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private static End with(End end, SiteName site, Kind kind, String from) {
    return new End(site, kind, from, end.to(), end.whole(), end.key(), end.at(), end.nonce());
  }

  /** Of a day before, in an answer to this request, to another one, or to one of long ago. */
  private static End older(End end, @Nullable String nonce) {
    Instant before = end.at().minus(Duration.ofDays(1));
    return new End(
        end.site(), end.kind(), end.from(), end.to(), end.whole(), end.key(), before, nonce);
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("for site other", e -> with(e, new SiteName("other"), e.kind(), e.from())),
        lie("does not begin where", e -> with(e, e.site(), e.kind(), "c77")),
        lie("no beginning", e -> with(e, e.site(), Kind.SNAPSHOT, e.from())),
        lie("answers another request", e -> older(e, "q83vASNFZ4mrze8BI0VniQ")),
        lie("older than the last one", e -> older(with(e, e.site(), Kind.SNAPSHOT, null), null)),
        lie(
            "does not hold",
            e ->
                new End(
                    e.site(),
                    e.kind(),
                    e.from(),
                    e.to(),
                    e.whole(),
                    "0123456789abcdef",
                    e.at(),
                    e.nonce())));
  }

  private static Arguments lie(String said, UnaryOperator<End> ends) {
    return Arguments.of(said, ends);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void aSegmentThatMustNotFollowIsRefused(String said, UnaryOperator<End> ends) throws Exception {
    hub.ends = ends;
    refuses(said);

    hub.ends = UnaryOperator.identity();
    goesOn();
  }

  static Stream<Arguments> bytes() {
    return Stream.of(
        bad("does not hold", HostileHubTest::changed),
        bad("breaks off", answer -> Arrays.copyOf(answer, answer.length / 2)),
        bad("breaks off", HostileHubTest::withoutSignature),
        bad("a line of over", _ -> "x".repeat(70_000).getBytes(StandardCharsets.US_ASCII)),
        bad(
            "no signature within",
            _ -> (" ".repeat(60_000) + "{}\n").repeat(20).getBytes(StandardCharsets.US_ASCII)),
        bad("no signature within", _ -> "{}\n".repeat(600).getBytes(StandardCharsets.US_ASCII)),
        bad("changes:", _ -> "{not json\n".getBytes(StandardCharsets.US_ASCII)));
  }

  private static Arguments bad(String said, UnaryOperator<byte[]> answers) {
    return Arguments.of(said, answers);
  }

  private static byte[] changed(byte[] answer) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return text.replace("\"priority\":0", "\"priority\":9").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withoutSignature(byte[] answer) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf("{\"signature\"")).getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bytes")
  void whatNoSignatureVouchesForDoesNotCount(String said, UnaryOperator<byte[]> answers)
      throws Exception {
    hub.answers = answers;
    refuses(said);

    hub.answers = UnaryOperator.identity();
    goesOn();
  }

  private MirroredImage next;

  private void refuses(String said) throws Exception {
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    Eventually.await(
        said,
        () -> site.service().source().problem().filter(what -> what.contains(said)).isPresent());
    assertThat(site.shown("1.0")).contains(first.digest());
    assertThat(site.finds(next)).isFalse();
  }

  private void goesOn() {
    site.awaitShown("1.0", next);
    Eventually.await("nothing is the matter", () -> site.service().source().problem().isEmpty());
  }

  @Test
  void aReportSaysThatTheHubsAnswersDoNotCount() throws Exception {
    hub.ends = e -> with(e, new SiteName("other"), e.kind(), e.from());
    refuses("for site other");

    var report =
        site.awaitReport("of the lie", r -> r.exceptions().stream().anyMatch(this::isOfHub));

    assertThat(report.exceptions().getFirst().error()).contains("for site other");
  }

  private boolean isOfHub(Absence absence) {
    return absence.name().equals("the hub's answers") && absence.reason() == AbsenceReason.FAILED;
  }

  @Test
  void anEarlierAnswerThatIsSentAgainIsRefused() throws Exception {
    byte[][] kept = new byte[1][];
    hub.answers =
        answer -> {
          kept[0] = answer;
          return answer;
        };
    hub.poke();
    Eventually.await("an answer to keep", () -> kept[0] != null);
    byte[] earlier = kept[0];
    hub.answers = UnaryOperator.identity();
    MirroredImage second = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "1.0", second);
    site.awaitShown("1.0", second);
    first = second;

    hub.answers = _ -> earlier;
    refuses("answers another request");

    hub.answers = UnaryOperator.identity();
    goesOn();
  }

  /** A proxy that has it cannot keep a site that is cut off from noticing. */
  @Test
  void anOldWordOfAHubThatSignsNoNonceIsNoNews() throws Exception {
    hub.signsNonces = false;
    byte[][] kept = new byte[1][];
    hub.answers =
        answer -> {
          kept[0] = answer;
          return answer;
        };
    hub.poke();
    Eventually.await("an answer to keep", () -> kept[0] != null);
    byte[] earlier = kept[0];
    hub.answers = UnaryOperator.identity();
    hub.now = hub.now.plusSeconds(5);
    hub.poke();
    Eventually.await("a later one", () -> age().compareTo(Duration.ofSeconds(2)) < 0);

    Eventually.await("nothing is on its way", () -> hub.waiting() == 1);
    hub.answers = _ -> earlier;
    site.pass(Duration.ofHours(1));
    int asked = hub.requests.size();
    hub.poke();
    Eventually.await("it has it", () -> hub.requests.size() > asked + 1);

    assertThat(age()).isGreaterThan(Duration.ofMinutes(59));
    hub.answers = UnaryOperator.identity();
  }

  private Duration age() {
    return site.service().source().age().orElseThrow();
  }

  @Test
  void anAnswerThatIsCutCountsUpToItsLastSignature() throws Exception {
    site.stop();
    hub.segment = 1;
    MirroredImage second = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "second", second);
    hub.push(SiteBed.REPOSITORY, "third", hub.image(4));
    hub.answers =
        answer -> {
          String text = new String(answer, StandardCharsets.UTF_8);
          int signed = text.indexOf('\n', text.indexOf("{\"signature\""));
          return Arrays.copyOf(answer, Math.min(answer.length, signed + 200));
        };
    site.start();

    site.awaitShown("second", second);

    hub.answers = UnaryOperator.identity();
    Eventually.await("the rest comes", () -> site.shown("third").isPresent());
  }

  @Test
  void aChangeWithoutItsImageIsRefused() throws Exception {
    hub.dropImages = true;
    refuses("no image of its DAG");

    hub.dropImages = false;
    goesOn();
  }

  @Test
  void aLineOfALaterReleaseIsPassedOver() throws Exception {
    hub.laterLine = true;
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);

    goesOn();
  }

  static Stream<Arguments> blocks() {
    return Stream.of(
        bad("another hash", HostileHubTest::lastByteFlipped),
        bad("CAR", car -> Arrays.copyOf(car, car.length - 3)),
        bad("none (expected: b", HostileHubTest::withoutLast));
  }

  static Stream<Arguments> innerNodes() {
    return Stream.of(
        bad("another hash", HostileHubTest::lastByteFlipped),
        bad("inner nodes of b", HostileHubTest::withoutLast),
        bad("expected: dag-pb", HostileHubTest::withOneMore));
  }

  /** A whole CAR that lacks a block. */
  private static byte[] withoutLast(byte[] car) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CarReader reader = new CarReader(new ByteArrayInputStream(car));
      CarWriter writer = new CarWriter(out, List.of());
      Block before = reader.next();
      for (Block block = reader.next(); block != null; block = reader.next()) {
        writer.put(before.cid(), before.bytes(), 0, before.size());
        before = block;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] lastByteFlipped(byte[] car) {
    byte[] wrong = car.clone();
    wrong[wrong.length - 1] ^= 1;
    return wrong;
  }

  @Test
  void aBlockThatNobodyAskedForIsNotKept() throws Exception {
    hub.leafCars = HostileHubTest::withOneMore;
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);

    goesOn();
    assertThat(site.own.storedBlocks()).doesNotContain(Cid.raw(sha256(EXTRA)));
  }

  private static final byte[] EXTRA = {1};

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The CAR, and a block of one byte. */
  private static byte[] withOneMore(byte[] car) {
    Cid cid = Cid.raw(sha256(EXTRA));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(car);
    out.write(cid.byteLength() + EXTRA.length);
    out.writeBytes(cid.bytes());
    out.writeBytes(EXTRA);
    return out.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocks")
  void wrongBlocksAreNotKept(String said, UnaryOperator<byte[]> leaves) throws Exception {
    hub.leafCars = leaves;
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitReport("blocks are wrong: " + said, report -> tells(report, said));
    assertThat(site.shown("1.0")).contains(first.digest());
    assertThat(site.pinned(next)).isFalse();

    hub.leafCars = UnaryOperator.identity();
    goesOn();
  }

  private static boolean tells(Report report, String said) {
    return report.exceptions().stream()
        .anyMatch(
            each ->
                each.reason() == AbsenceReason.FAILED
                    && each.error() != null
                    && each.error().contains(said));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("innerNodes")
  void wrongInnerNodesAreNotKept(String said, UnaryOperator<byte[]> nodes) throws Exception {
    hub.nodeCars = nodes;
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitReport("inner nodes are wrong: " + said, report -> tells(report, said));
    assertThat(site.shown("1.0")).contains(first.digest());
    assertThat(site.own.storedBlocks()).doesNotContain(next.dag(), Cid.raw(sha256(EXTRA)));

    hub.nodeCars = UnaryOperator.identity();
    goesOn();
  }

  @Test
  void leavesInAnotherOrderAreRefused() throws Exception {
    hub.reversed = true;
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitReport("another leaf", report -> tells(report, "expected: b"));

    hub.reversed = false;
    goesOn();
  }
}
