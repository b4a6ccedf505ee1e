package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A change costs the leaves that it touches, the first one and the table of contents. */
final class LeavesTest {
  private static final int FILES = 400;

  /** The directories' leaf, the table of contents and the footer. */
  private static final int ALWAYS_NEW = 2;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Source(String name, byte[] content, long seconds) {
    TestTar.Entry entry() {
      return TestTar.file(name, content).seconds(seconds);
    }
  }

  private static final List<Source> SOURCES = new ArrayList<>();
  private static Written before;

  @BeforeAll
  static void write() throws IOException {
    var random = new SplitMix(3);
    for (int i = 0; i < FILES; i++) {
      // A third are longer than the threshold of 4 KiB.
      byte[] content =
          new byte[i % 3 == 0 ? 20_000 + random.nextInt(50_000) : random.nextInt(4_000)];
      random.nextBytes(content);
      SOURCES.add(new Source("app/file-%03d".formatted(i), content, 1_700_000_000));
    }
    before = Written.of(tar(SOURCES));
  }

  private static byte[] tar(List<Source> sources) {
    var tar = new TestTar().add(TestTar.dir("app/"));
    sources.forEach(source -> tar.add(source.entry()));
    return tar.bytes();
  }

  /** Leaves that the first layer does not have. */
  private static int newLeaves(Written after) {
    var all = new HashSet<Digest>(after.leaves());
    before.leaves().forEach(all::remove);
    return all.size();
  }

  private static List<Source> with(int index, Source source) {
    var sources = new ArrayList<>(SOURCES);
    sources.set(index, source);
    return sources;
  }

  @Test
  void aLongFilesLeavesStayWhenItsTimeChanges() throws IOException {
    Source file = SOURCES.get(30);
    Written after = Written.of(tar(with(30, new Source(file.name(), file.content(), 5))));

    // Its header alone lies in the leaf of the short files before it.
    assertThat(newLeaves(after)).isLessThanOrEqualTo(ALWAYS_NEW + 1);
  }

  @Test
  void aShortFilesTimeCostsOneLeaf() throws IOException {
    Source file = SOURCES.get(31);
    Written after = Written.of(tar(with(31, new Source(file.name(), file.content(), 5))));

    assertThat(newLeaves(after)).isLessThanOrEqualTo(ALWAYS_NEW + 1);
  }

  @Test
  void everyLongFilesLeavesStayWhenEveryTimeChanges() throws IOException {
    List<Source> touched =
        SOURCES.stream().map(file -> new Source(file.name(), file.content(), 5)).toList();
    Written after = Written.of(tar(touched));

    int ofContents = before.leaves().size() - newLeaves(after);
    assertThat(ofContents).isGreaterThanOrEqualTo(FILES / 3);
  }

  @Test
  void aNewFileCostsNoLeafOfItsNeighboursButOne() throws IOException {
    var sources = new ArrayList<>(SOURCES);
    sources.add(100, new Source("app/new", new byte[] {1, 2, 3}, 1_700_000_000));
    Written after = Written.of(tar(sources));

    assertThat(newLeaves(after)).isLessThanOrEqualTo(ALWAYS_NEW + 2);
  }

  @Test
  void aNewDirectoryCostsNoLeafOfAFile() throws IOException {
    var tar = new TestTar().add(TestTar.dir("app/").seconds(9));
    for (int i = 0; i < SOURCES.size(); i++) {
      tar.add(SOURCES.get(i).entry());
      if (i % 20 == 0) {
        tar.add(TestTar.dir("new-" + i + "/").seconds(i));
      }
    }

    assertThat(newLeaves(Written.of(tar.bytes()))).isLessThanOrEqualTo(ALWAYS_NEW);
  }

  @Test
  void aPieceOfALongFileKeepsItsLeavesWhenAnotherChanges() throws IOException {
    byte[] content = new byte[12 << 20];
    new SplitMix(4).nextBytes(content);
    Written one = Written.of(TestTar.of(TestTar.file("big", content)));
    content[5 << 20]++; // in the second of three pieces of 4 MiB

    Written other = Written.of(TestTar.of(TestTar.file("big", content)));
    var fresh = new HashSet<Digest>(other.leaves());
    one.leaves().forEach(fresh::remove);

    assertThat(one.leaves()).hasSizeGreaterThan(12);
    assertThat(fresh).hasSizeLessThanOrEqualTo(ALWAYS_NEW + 5);
  }

  @Test
  void leavesOfShortFilesHaveTheTargetAsTheirMean() throws IOException {
    var random = new SplitMix(5);
    var tar = new TestTar();
    for (int i = 0; i < 3_000; i++) {
      byte[] content = new byte[4_000];
      random.nextBytes(content);
      tar.add(TestTar.file("f" + i, content));
    }
    Written written = Written.of(tar.bytes());

    long mean = written.layer().size() / written.leaves().size();
    assertThat(mean).isBetween(45_000L, 80_000L);
  }
}
