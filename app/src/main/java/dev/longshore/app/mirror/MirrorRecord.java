package dev.longshore.app.mirror;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was set for one runtime, and what was there before. It is written before the files change,
 * so that it is true at every moment: each file has one of the contents that it names.
 *
 * @param at when, as ISO 8601
 * @param by which Longshore
 * @param hosts resolver and neighbours, in the order in which they are asked
 * @param ca PEM file of their authority
 * @param authorization what they are shown; the file is the owner's alone
 * @param folders made for these files, each before those in it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MirrorRecord(
    String at,
    String by,
    List<String> registries,
    List<String> hosts,
    @Nullable String ca,
    @Nullable String authorization,
    List<Entry> files,
    List<String> folders) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  static final MirrorRecord NONE =
      new MirrorRecord("", "", List.of(), List.of(), null, null, List.of(), List.of());

  MirrorRecord {
    registries = List.copyOf(registries);
    hosts = List.copyOf(hosts);
    files = List.copyOf(files);
    folders = List.copyOf(folders);
  }

  /**
   * A changed file.
   *
   * @param path on the machine
   * @param before what was there; null if there was no such file
   * @param written hashes of what was, or is being, written; the newest is the last
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(String path, @Nullable Before before, List<String> written) {
    Entry {
      written = List.copyOf(written);
    }

    /** Whether a content is Longshore's, or the one of before. */
    boolean knows(Optional<StoredFile> now) {
      return now.isEmpty()
          || written.contains(now.get().hash())
          || (before != null && before.sha256().equals(now.get().hash()));
    }
  }

  /** A content that is kept, with its mode and owner. */
  record Before(String sha256, int mode, int uid, int gid) {
    static Before of(StoredFile content) {
      return new Before(content.hash(), content.mode(), content.uid(), content.gid());
    }
  }

  Optional<Entry> entry(String path) {
    return files.stream().filter(entry -> entry.path().equals(path)).findFirst();
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  String json() throws IOException {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
  }

  static MirrorRecord of(byte[] json) throws IOException {
    return MAPPER.readValue(json, MirrorRecord.class);
  }
}
