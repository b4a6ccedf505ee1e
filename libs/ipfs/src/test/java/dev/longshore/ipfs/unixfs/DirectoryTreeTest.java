package dev.longshore.ipfs.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BlockSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTreeTest {
  private static final BlockSink NOWHERE = (cid, buffer, offset, length) -> {};

  private static DagLink file(String content) throws IOException {
    return UnixFsFileBuilder.build(content.getBytes(StandardCharsets.UTF_8), NOWHERE);
  }

  @Test
  void buildsAnImageLayout() throws IOException {
    DagLink root =
        new DirectoryTree()
            .put("oci-layout", file("{\"imageLayoutVersion\":\"1.0.0\"}"))
            .put("index.json", file("{}"))
            .put("blobs/sha256/aa", file("one"))
            .put("blobs/sha256/bb", file("two"))
            .write(NOWHERE);

    assertThat(root.cid())
        .hasToString("bafybeid57l3jud6veybnw3kq5m56glefapn3o7l5x43aeus5xborh7kc7q");
    assertThat(root.fileSize()).isEqualTo(30 + 2 + 3 + 3);
    assertThat(root.blocks()).isEqualTo(4 + 3);
  }

  /** Roots that Kubo 0.43.1 gives directories of files {@code entry-N} with the content "x". */
  @ParameterizedTest
  @CsvSource({
    "0, bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
    "1, bafybeibvbnjjatbt37o54sdwrlq7g6a3l3mhvfvtacgktjuzqlr2wj7b6a",
    "300, bafybeibaqg4ae3eo2yyjnx6bi562nonuahll3tzwptohp3jpe3axs7thgm",
    "20000, bafybeidm5q3s25j3oqqe4xz6wy4hwthkj3x5xcy4kjgizjk27ljajkcqlm"
  })
  void namesDirectoriesAsKuboDoes(int entries, String cid) throws IOException {
    SortedMap<String, DagLink> links = new TreeMap<>();
    for (int i = 0; i < entries; i++) {
      links.put("entry-" + i, file("x"));
    }

    assertThat(UnixFsDirectory.of(links, NOWHERE).cid()).hasToString(cid);
  }

  @Test
  void takesTheSameEntryTwiceAndNoOtherInItsPlace() throws IOException {
    DirectoryTree tree = new DirectoryTree().put("a/b", file("1")).put("a/b", file("1"));

    assertThatThrownBy(() -> tree.put("a/b", file("2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("taken");
    assertThatThrownBy(() -> tree.put("a", file("1"))).hasMessageContaining("taken");
    assertThatThrownBy(() -> tree.put("a/b/c", file("1"))).hasMessageContaining("taken");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", ".", "a/..", "a\0"})
  void refusesNamesThatNoFileCanHave(String path) {
    assertThatThrownBy(() -> new DirectoryTree().put(path, file("1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry name");
  }
}
