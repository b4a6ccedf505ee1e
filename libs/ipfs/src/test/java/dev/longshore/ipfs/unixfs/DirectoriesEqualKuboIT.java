package dev.longshore.ipfs.unixfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.testing.SharedKubos;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our directories against {@code ipfs add -r --cid-version=1} of the real Kubo. */
class DirectoriesEqualKuboIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);

  private static final BlockSink NOWHERE = (cid, buffer, offset, length) -> {};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 300, 20_000})
  void ofAnySize(int entries) throws Exception {
    assertEqualsKubos(entries, i -> "entry-" + i);
  }

  /** 2048 names and CIDs of 128 bytes are the threshold itself, which is not passed. */
  @Test
  void atTheThreshold() throws Exception {
    assertEqualsKubos(2048, i -> "%092d".formatted(i));
  }

  @Test
  void aByteOverTheThreshold() throws Exception {
    assertEqualsKubos(2048, i -> i == 0 ? "0".repeat(93) : "%092d".formatted(i));
  }

  @Test
  void withNamesThatSortByBytes() throws Exception {
    String[] names = {"Z", "a", "ä", "\uffee", "\ud83d\ude80", "a.b", "a b", "%2F", "A"};
    assertEqualsKubos(names.length, i -> names[i]);
  }

  private void assertEqualsKubos(int entries, IntFunction<String> names) throws Exception {
    SortedMap<String, DagLink> links = new TreeMap<>();
    byte[] content = {'x'};
    DagLink file = UnixFsFileBuilder.build(content, NOWHERE);
    for (int i = 0; i < entries; i++) {
      Files.write(directory.resolve(names.apply(i)), content);
      links.put(names.apply(i), file);
    }

    DagLink ours = UnixFsDirectory.of(links, NOWHERE);

    assertThat(ours.cid())
        .hasToString(
            KUBOS
                .get(0)
                .ipfs("add", "-r", "-Q", "--only-hash", "--cid-version=1", directory.toString()));
  }
}
