package dev.longshore.estargz;

import static dev.longshore.estargz.TestTar.dir;
import static dev.longshore.estargz.TestTar.file;
import static dev.longshore.estargz.TestTar.hardLink;
import static dev.longshore.estargz.TestTar.symlink;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands in the table of contents, and where it points. */
final class FormatTest {
  private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, (byte) 0xFF, (byte) 0x80, 0};

  private static Written written(TestTar.Entry... entries) throws IOException {
    return Written.of(TestTar.of(entries));
  }

  @Test
  void everyKindOfEntryIsDescribed() throws IOException {
    Written written =
        written(
            dir("d/"),
            file("d/f", "hello").mode(04755).owner(7, 8, "user", "group"),
            file("d/empty", ""),
            symlink("d/s", "f"),
            hardLink("d/h", "d/f"),
            new TestTar.Entry('3', "d/c").device(1, 3),
            new TestTar.Entry('4', "d/b").device(8, 300_000),
            new TestTar.Entry('6', "d/p"));

    assertThat(written.entry("d/").toString())
        .isEqualTo(
            "{\"name\":\"d/\",\"type\":\"dir\",\"modtime\":\"2024-01-05T10:54:56Z\","
                + "\"mode\":493,\"userName\":\"root\",\"groupName\":\"root\"}");
    JsonNode file = written.entry("d/f");
    assertThat(file.get("type").asText()).isEqualTo("reg");
    assertThat(file.get("size").asInt()).isEqualTo(5);
    assertThat(file.get("mode").asInt()).isEqualTo(04755);
    assertThat(file.get("uid").asInt()).isEqualTo(7);
    assertThat(file.get("groupName").asText()).isEqualTo("group");
    assertThat(file.get("digest").asText())
        .isEqualTo(Digest.of("hello".getBytes(StandardCharsets.UTF_8)).toString())
        .isEqualTo(file.get("chunkDigest").asText());
    assertThat(file.has("chunkSize")).isFalse();
    assertThat(written.memberAt(file.get("offset").asLong())).startsWith("hello");
    assertThat(written.entry("d/empty").get("digest").asText())
        .isEqualTo(Digest.of(new byte[0]).toString());
    assertThat(written.entry("d/empty").has("offset")).isFalse();
    assertThat(written.entry("d/s").get("linkName").asText()).isEqualTo("f");
    assertThat(written.entry("d/h").get("type").asText()).isEqualTo("hardlink");
    assertThat(written.entry("d/h").get("linkName").asText()).isEqualTo("d/f");
    assertThat(written.entry("d/c").get("devMinor").asInt()).isEqualTo(3);
    assertThat(written.entry("d/b").get("devMinor").asInt()).isEqualTo(300_000);
    assertThat(written.entry("d/p").get("type").asText()).isEqualTo("fifo");
  }

  @Test
  void attributesKeepTheirBytes() throws IOException {
    Written written =
        written(
            file("ping", "x")
                .pax("SCHILY.xattr.security.capability", CAPABILITY)
                .pax("SCHILY.xattr.user.empty", "")
                .pax("LIBARCHIVE.creationtime", "5"));

    JsonNode xattrs = written.entry("ping").get("xattrs");
    assertThat(Base64.getDecoder().decode(xattrs.get("security.capability").asText()))
        .isEqualTo(CAPABILITY);
    assertThat(xattrs.get("user.empty").asText()).isEmpty();
    assertThat(xattrs).hasSize(2);
  }

  @Test
  void longFilesAreDividedIntoChunks() throws IOException {
    byte[] content = new byte[8192 * 2];
    content[8192] = 1;
    Written written =
        Written.of(
            TestTar.of(file("f", content), file("g", new byte[10_000])),
            new EstargzSettings(8192, 0, 8192, 65536, List.of()),
            1);

    List<JsonNode> entries = written.entries();
    assertThat(entries).hasSize(5);
    JsonNode first = entries.get(1);
    assertThat(first.get("chunkSize").asInt()).isEqualTo(8192);
    assertThat(first.get("digest").asText()).isEqualTo(Digest.of(content).toString());
    JsonNode second = entries.get(2);
    assertThat(second.get("type").asText()).isEqualTo("chunk");
    assertThat(second.get("name").asText()).isEqualTo("f");
    assertThat(second.get("chunkOffset").asInt()).isEqualTo(8192);
    assertThat(second.get("chunkSize").asInt()).isEqualTo(8192);
    assertThat(second.get("offset").asLong()).isGreaterThan(first.get("offset").asLong());
    assertThat(entries.get(4).has("chunkSize")).isFalse();
  }

  @Test
  void shortFilesShareMembersWhenAsked() throws IOException {
    Written written =
        Written.of(
            TestTar.of(file("a", "one"), file("b", "two"), file("c", "x".repeat(5000))),
            new EstargzSettings(4 << 20, 4000, 8192, 65536, List.of()),
            1);

    JsonNode a = written.entry("a");
    JsonNode b = written.entry("b");
    assertThat(b.get("offset")).isEqualTo(a.get("offset"));
    assertThat(a.has("innerOffset")).isFalse();
    assertThat(b.get("innerOffset").asInt()).isEqualTo(1024);
    assertThat(written.entry("c").get("offset").asLong()).isGreaterThan(a.get("offset").asLong());
    assertThat(Extracted.of(written.tar()))
        .isEqualTo(
            Extracted.of(
                TestTar.of(file("a", "one"), file("b", "two"), file("c", "x".repeat(5000)))));
  }

  @Test
  void directoriesComeFirstBehindTheLandmark() throws IOException {
    assertThat(written(file("a/f", "1"), dir("a/"), file("g", ""), dir("b/")).names())
        .containsExactly(".no.prefetch.landmark", "a/", "b/", "a/f", "g");
  }

  @Test
  void whatLiesBelowASymbolicLinkOrADeletionStaysBehindIt() throws IOException {
    assertThat(
            written(
                    dir("real/"),
                    symlink("link", "real"),
                    dir("link/sub/"),
                    file(".wh.gone", ""),
                    dir("gone/"),
                    dir("opaque/"),
                    file("opaque/.wh..wh..opq", ""),
                    dir("opaque/sub/"))
                .names())
        .containsExactly(
            ".no.prefetch.landmark",
            "real/",
            "opaque/",
            "link",
            "link/sub/",
            ".wh.gone",
            "gone/",
            "opaque/.wh..wh..opq",
            "opaque/sub/");
  }

  @Test
  void theLastOfSeveralEntriesCounts() throws IOException {
    Written written =
        written(dir("d/"), file("d/f", "old"), file("g", "1"), file("./d//f", "newer"));

    assertThat(written.names()).containsExactly(".no.prefetch.landmark", "d/", "g", "./d//f");
    assertThat(written.entry("./d//f").get("size").asInt()).isEqualTo(5);
  }

  @Test
  void filesToPrefetchComeBeforeTheLandmarkWithWhatTheyNeed() throws IOException {
    var settings =
        EstargzSettings.DEFAULT.withPrefetch(List.of("/usr/bin/tool", "not/here", "h", "link/x"));
    Written written =
        Written.of(
            TestTar.of(
                file("first", "1"),
                dir("usr/"),
                dir("usr/bin/"),
                file("usr/bin/other", "2"),
                file("usr/bin/tool", "3"),
                file("orig", "4"),
                hardLink("h", "orig"),
                symlink("link", "usr"),
                file("link/x", "5")),
            settings,
            1);

    assertThat(written.names())
        .containsExactly(
            "usr/",
            "usr/bin/",
            "usr/bin/tool",
            "orig",
            "h",
            ".prefetch.landmark",
            "first",
            "usr/bin/other",
            "link",
            "link/x");
    JsonNode landmark = written.entry(".prefetch.landmark");
    assertThat(landmark.get("digest").asText())
        .isEqualTo("sha256:dc0e9c3658a1a3ed1ec94274d8b19925c93e1abb7ddba294923ad9bde30f8cb8");
    assertThat(written.memberAt(landmark.get("offset").asLong())).startsWith("\u000f");
  }

  @Test
  void landmarksAndContentsOfAnEarlierConversionAreDropped() throws IOException {
    assertThat(
            written(
                    file(".prefetch.landmark", "\u000f"),
                    file("./.no.prefetch.landmark", "\u000f"),
                    file("f", "1"),
                    file("stargz.index.json", "{}"))
                .names())
        .containsExactly(".no.prefetch.landmark", "f");
  }

  @Test
  void longNamesAndOthersThanAsciiSurvive() throws IOException {
    String deep = "directory/".repeat(40) + "f";
    String umlaut = "gr\u00fc\u00dfe";
    Written written = written(file(deep, "1"), file(umlaut, "2"), symlink("s", deep));

    assertThat(written.entry(deep).get("size").asInt()).isEqualTo(1);
    assertThat(written.entry(umlaut).get("size").asInt()).isEqualTo(1);
    assertThat(written.entry("s").get("linkName").asText()).isEqualTo(deep);
  }

  @Test
  void aNameThatIsNotUtf8KeepsItsBytesInTheTar() throws IOException {
    byte[] name = {'n', (byte) 0xE4, (byte) 0xC3, (byte) 0xA4};
    Written written = Written.of(TestTar.of(new TestTar.Entry('0', name).content("1")));

    assertThat(written.names()).containsExactly(".no.prefetch.landmark", "n\uFFFD\u00e4");
    assertThat(Extracted.of(written.tar())).containsOnlyKeys("n\u00e4\u00c3\u00a4");
  }

  @Test
  void timesAreRoundedInTheContentsAndKeptInTheTar() throws IOException {
    Written written =
        written(
            file("half", "").pax("mtime", "1700000000.5"),
            file("before", "").pax("mtime", "-1.75"),
            file("epoch", "").seconds(0),
            file("year1", "").pax("mtime", "-62135596800"));

    assertThat(written.entry("half").get("modtime").asText()).isEqualTo("2023-11-14T22:13:21Z");
    assertThat(written.entry("before").get("modtime").asText()).isEqualTo("1969-12-31T23:59:58Z");
    assertThat(written.entry("epoch").has("modtime")).isFalse();
    assertThat(written.entry("year1").has("modtime")).isFalse();
    assertThat(Extracted.of(written.tar()).get("half")).contains("1700000000.500000000");
    assertThat(Extracted.of(written.tar()).get("before")).contains("-2.250000000");
  }

  @Test
  void anEmptyLayerHasALandmark() throws IOException {
    assertThat(written().names()).containsExactly(".no.prefetch.landmark");
    assertThat(Written.of(new byte[0]).names()).containsExactly(".no.prefetch.landmark");
  }

  @Test
  void theBlobEndsInTheReferencesFooter() throws IOException {
    Written written = written(file("f", "1"));
    byte[] blob = written.blob();
    String footer = new String(blob, blob.length - 51, 51, StandardCharsets.ISO_8859_1);

    assertThat(footer)
        .isEqualTo(
            "\u001f\u008b\u0008\u0004\0\0\0\0\0\u00ff\u001a\0SG\u0016\0"
                + "%016xSTARGZ".formatted(written.tocOffset())
                + "\u0001\0\0\u00ff\u00ff\0\0\0\0\0\0\0\0");
    assertThat(written.memberAt(written.tocOffset())).startsWith("stargz.index.json\0");
  }
}
