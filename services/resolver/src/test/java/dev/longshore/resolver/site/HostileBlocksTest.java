package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Report;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A hub whose blocks are not those that it was asked for. */
class HostileBlocksTest extends JoinedSite {
  private MirroredImage first;
  private MirroredImage next;

  @BeforeEach
  void follow() throws Exception {
    first = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", first);
    site.start();
    site.awaitShown("1.0", first);
  }

  private void pushNext() throws IOException {
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
  }

  private void goesOn() {
    site.awaitShown("1.0", next);
    Eventually.await("nothing is the matter", () -> site.service().source().problem().isEmpty());
  }

  private static Arguments bad(String said, UnaryOperator<byte[]> cars) {
    return Arguments.of(said, cars);
  }

  static Stream<Arguments> blocks() {
    return Stream.of(
        bad("another hash", HostileBlocksTest::lastByteFlipped),
        bad("CAR", car -> Arrays.copyOf(car, car.length - 3)),
        bad("none (expected: b", HostileBlocksTest::withoutLast));
  }

  static Stream<Arguments> innerNodes() {
    return Stream.of(
        bad("another hash", HostileBlocksTest::lastByteFlipped),
        bad("inner nodes of b", HostileBlocksTest::withoutLast),
        bad("expected: dag-pb", HostileBlocksTest::withOneMore));
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
  void aLeafThatNobodyAskedForIsNotKeptAndTheReportSaysSo() throws Exception {
    // Each request for a leaf fails, long enough for a report.
    site.stop();
    site.portions = new DagFetch.Portions(1, 1);
    site.start();
    hub.leafCars = HostileBlocksTest::withOneMore;
    next =
        MirroredImage.write(
            RandomImage.of(2, RandomImageOptions.small().withLayers(3, 1_600_000)), hub.centre);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitReport("one more", report -> tells(report, "more than asked for"));

    goesOn();
    assertThat(site.own.storedBlocks()).doesNotContain(Cid.raw(sha256(EXTRA)));
  }

  @Test
  void anInnerNodeOfNothingThatIsNamedIsNotKept() throws Exception {
    Cid cid = Cid.dagPb(sha256(DIRECTORY));
    hub.nodeCars = car -> with(car, cid, DIRECTORY);
    pushNext();

    goesOn();
    assertThat(site.own.storedBlocks()).contains(next.dag()).doesNotContain(cid);
  }

  private static final byte[] EXTRA = {1};

  /** An empty one of UnixFS. */
  private static final byte[] DIRECTORY = {0x0a, 0x02, 0x08, 0x01};

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The CAR, and a block of one byte. */
  private static byte[] withOneMore(byte[] car) {
    return with(car, Cid.raw(sha256(EXTRA)), EXTRA);
  }

  private static byte[] with(byte[] car, Cid cid, byte[] block) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(car);
    out.write(cid.byteLength() + block.length);
    out.writeBytes(cid.bytes());
    out.writeBytes(block);
    return out.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocks")
  void wrongBlocksAreNotKept(String said, UnaryOperator<byte[]> leaves) throws Exception {
    hub.leafCars = leaves;
    pushNext();
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
    pushNext();
    site.awaitReport("inner nodes are wrong: " + said, report -> tells(report, said));
    assertThat(site.shown("1.0")).contains(first.digest());
    assertThat(site.own.storedBlocks()).doesNotContain(next.dag(), Cid.raw(sha256(EXTRA)));

    hub.nodeCars = UnaryOperator.identity();
    goesOn();
  }

  @Test
  void leavesInAnotherOrderAreRefused() throws Exception {
    hub.reversed = true;
    pushNext();
    site.awaitReport("another leaf", report -> tells(report, "expected: b"));

    hub.reversed = false;
    goesOn();
  }
}
