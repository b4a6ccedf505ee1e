package dev.longshore.estargz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A layer that was written, with its leaves. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Written(EstargzLayer layer, byte[] blob, List<Digest> leaves) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static EstargzWriter writer(int workers) {
    return new EstargzWriter(Path.of("target", "spool"), workers, EstargzLimits.DEFAULT);
  }

  static Written of(byte[] source) throws IOException {
    return of(source, EstargzSettings.DEFAULT, 2);
  }

  static Written of(byte[] source, EstargzSettings settings, int workers) throws IOException {
    return by(writer(workers), source, settings);
  }

  static Written by(EstargzWriter writer, byte[] source, EstargzSettings settings)
      throws IOException {
    var blob = new ByteArrayOutputStream();
    var leaves = new ArrayList<Digest>();
    EstargzLayer layer =
        writer.write(
            new ByteArrayInputStream(source),
            settings,
            (bytes, offset, length) -> {
              if (length < 1 || length > LeafSink.MAX_LEAF_BYTES) {
                throw new AssertionError("a leaf of " + length + " bytes");
              }
              blob.write(bytes, offset, length);
              leaves.add(Digest.of(Arrays.copyOfRange(bytes, offset, offset + length)));
            });
    return new Written(layer, blob.toByteArray(), leaves);
  }

  /** All of the tar. */
  byte[] tar() throws IOException {
    return unpacked(0, true);
  }

  private byte[] unpacked(int from, boolean all) throws IOException {
    var packed = new ByteArrayInputStream(blob, from, blob.length - from);
    try (InputStream in =
        layer.frame().isPresent()
            ? new ZstdInputStreamNoFinalizer(packed)
            : new GZIPInputStream(packed)) {
      return all ? in.readAllBytes() : in.readNBytes(64);
    }
  }

  /** The first bytes of the member at that offset. */
  String memberAt(long offset) throws IOException {
    return new String(unpacked((int) offset, false), StandardCharsets.ISO_8859_1);
  }

  int tocOffset() {
    if (layer.frame().isPresent()) {
      return (int) ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN).getLong(blob.length - 40);
    }
    String footer = new String(blob, blob.length - 51, 51, StandardCharsets.ISO_8859_1);
    return Integer.parseInt(footer.substring(16, 32), 16);
  }

  byte[] tocBytes() throws IOException {
    if (layer.frame().isPresent()) {
      return unpacked(tocOffset(), true);
    }
    var tar = new TarReader(new ByteArrayInputStream(unpacked(tocOffset(), true)));
    TarEntry entry = tar.next();
    byte[] toc = new byte[(int) entry.size()];
    tar.readPayload(toc, 0, toc.length);
    return toc;
  }

  List<JsonNode> entries() throws IOException {
    var entries = new ArrayList<JsonNode>();
    JSON.readTree(tocBytes()).get("entries").forEach(entries::add);
    return entries;
  }

  List<String> names() throws IOException {
    return entries().stream().map(entry -> entry.get("name").asText()).toList();
  }

  JsonNode entry(String name) throws IOException {
    return entries().stream()
        .filter(entry -> entry.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no entry " + name));
  }
}
