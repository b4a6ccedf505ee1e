package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageConfig;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.Tar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What the two lazy modes have in common, and what of an image's own word they heed. */
final class LazyModesTest {
  /** As the documents have it. */
  private static final String PREFETCH_LABEL = "dev.longshore.prefetch";

  private static final int BLOCK = 512;
  private static final int MAGIC_AT = 257;

  private static final byte[] TAR =
      new Tar()
          .directory("usr/")
          .file("usr/data", new byte[] {1})
          .program("usr/tool", new byte[] {2})
          .program("usr/other", new byte[] {3})
          .bytes();

  private static TestConverter converter(Mode... modes) {
    return new TestConverter(
        TestConverter.SETTINGS, List.of(Modes.rule("**", List.of(modes), List.of())));
  }

  @Test
  void zstdChunkedLayersSayWhereTheirTableIsAndTheConfigNamesTheirTars() throws Exception {
    TestConverter converter = converter(Mode.ZSTDCHUNKED);

    ImageState image =
        converter.convert(RandomImage.of(21, RandomImageOptions.multiPlatform().asDocker()));

    assertThat(image.mode()).hasToString("zstdchunked");
    StoredLayout stored = new StoredLayout(converter.peer, image);
    for (ImageManifest manifest : Modes.runnable(stored)) {
      List<Digest> diffIds = ImageConfig.diffIds(stored.blob(manifest.config().digest()));
      for (int i = 0; i < manifest.layers().size(); i++) {
        Descriptor layer = manifest.layers().get(i);
        byte[] blob = stored.blob(layer.digest());
        assertThat(layer.mediaType()).isEqualTo(MediaType.OCI_LAYER_ZSTD);
        assertThat(Digest.of(unpacked(blob))).isEqualTo(diffIds.get(i));
        requireTable(layer, blob);
      }
    }
  }

  private static void requireTable(Descriptor layer, byte[] blob) {
    String[] position =
        layer.annotations().get("io.containers.zstd-chunked.manifest-position").split(":", -1);
    int offset = Integer.parseInt(position[0]);
    byte[] packed = Arrays.copyOfRange(blob, offset, offset + Integer.parseInt(position[1]));
    byte[] toc = Zstd.decompress(packed, Integer.parseInt(position[2]));
    assertThat(layer.annotations())
        .containsEntry("io.containers.zstd-chunked.manifest-checksum", Digest.of(packed).toString())
        .containsEntry("containerd.io/snapshot/stargz/toc.digest", Digest.of(toc).toString())
        .containsKey("io.containers.estargz.uncompressed-size");
  }

  @Test
  void theTwoLazyModesOfAnImageShareNoLayer() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ, Mode.ZSTDCHUNKED);

    converter.convert(RandomImage.of(22));

    assertThat(converter.announced())
        .extracting(c -> c.mode().text())
        .containsExactly("estargz", "zstdchunked");
    assertThat(converter.announced()).extracting(c -> c.imageDag()).doesNotHaveDuplicates();
  }

  @Test
  void aZstdChunkedImageHasTheSameCidsOnEveryConverter() throws Exception {
    RandomImage source = RandomImage.of(23);

    assertThat(converter(Mode.ZSTDCHUNKED).convert(source))
        .isEqualTo(converter(Mode.ZSTDCHUNKED).convert(source));
  }

  @Test
  void noLazyLayerIsEncrypted() {
    TestConverter converter = converter(Mode.PLAIN);
    Descriptor top = new Uploads(converter.registry, APP).push(RandomImage.of(24));

    assertThat(Modes.refused(converter, top, "zstdchunked+encrypted"))
        .returns("MODE_UNSUPPORTED", PermanentFailure::reason)
        .hasMessageContaining("zstdchunked,encrypted makes two results");
  }

  @Test
  void anImageSaysByALabelWhatComesFirst() throws Exception {
    for (String label : List.of("usr/tool,not/here,/usr/other", "usr/tool\\n\\n ./usr/other\\n")) {
      TestConverter converter = converter(Mode.ESTARGZ);
      Descriptor image = labelled(converter, label);

      converter.handle(observed(APP, "1", image));

      assertThat(order(converter, image))
          .containsExactly("usr/tool", "usr/other", ".prefetch.landmark", "usr/data");
    }
  }

  @Test
  void pathsOfALabelThatNoLayerCanHaveArePassedOver() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    Descriptor image =
        labelled(
            converter,
            "../etc/passwd,usr/tool,usr/../usr/data,..,%s,usr/other".formatted("d/".repeat(3_000)));

    converter.handle(observed(APP, "1", image));

    assertThat(order(converter, image))
        .containsExactly("usr/tool", "usr/other", ".prefetch.landmark", "usr/data");
  }

  @Test
  void whatAPushNamesComesBeforeTheLabel() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    Descriptor image = labelled(converter, "usr/tool");

    converter.handle(
        observed(
            APP,
            "1",
            image,
            new ConversionRequest(
                List.of(), List.of(), List.of(), List.of(), List.of("usr/other"))));

    assertThat(order(converter, image))
        .containsExactly("usr/other", ".prefetch.landmark", "usr/data", "usr/tool");
  }

  @Test
  void aLayerWithoutTheLabelIsAnotherOne() throws Exception {
    TestConverter converter = converter(Mode.ESTARGZ);
    Descriptor labelled = labelled(converter, "usr/tool");
    Descriptor bare = labelled(converter, "");

    converter.handle(observed(APP, "1", labelled));
    converter.handle(observed(APP, "2", bare));

    assertThat(order(converter, labelled)).contains(".prefetch.landmark");
    assertThat(order(converter, bare))
        .containsExactly(".no.prefetch.landmark", "usr/data", "usr/tool", "usr/other");
  }

  @Test
  void aLabelThatIsNoTextIsToldOf() {
    TestConverter converter = converter(Mode.ESTARGZ);
    Descriptor image = image(converter, "{\"%s\":[1]}".formatted(PREFETCH_LABEL));

    PermanentFailure failure =
        catchThrowableOfType(
            PermanentFailure.class, () -> converter.handle(observed(APP, "1", image)));

    assertThat(failure)
        .returns("CONFIG_INVALID", PermanentFailure::reason)
        .hasMessageContaining("Labels");
  }

  /** Pushes an image with the label that says what comes first. */
  static Descriptor labelled(TestConverter converter, String label) {
    return image(converter, "{\"%s\":\"%s\"}".formatted(PREFETCH_LABEL, label));
  }

  private static Descriptor image(TestConverter converter, String labels) {
    Uploads uploads = new Uploads(converter.registry, APP);
    String config =
        "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":%s},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
            .formatted(labels, Digest.of(TAR));
    return uploads.push(
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            uploads.layer(MediaType.OCI_CONFIG, config.getBytes(StandardCharsets.UTF_8)),
            List.of(uploads.layer(MediaType.OCI_LAYER, TAR))));
  }

  /** The files of the image's layer in their order, folders apart. */
  private static List<String> order(TestConverter converter, Descriptor source) throws IOException {
    ImageState image = converter.catalog.conversions().ofDigest(source.digest()).getFirst();
    StoredLayout stored = new StoredLayout(converter.peer, image);
    ImageManifest manifest = Modes.runnable(stored).getFirst();
    String tar =
        new String(
            unpacked(stored.blob(manifest.layers().getFirst().digest())),
            StandardCharsets.ISO_8859_1);
    var names = new ArrayList<String>();
    for (int at = 0; at < tar.length(); at += BLOCK) {
      if (tar.startsWith("ustar", at + MAGIC_AT)) {
        names.add(tar.substring(at, tar.indexOf('\0', at)));
      }
    }
    names.removeIf(name -> name.endsWith("/") || name.equals("stargz.index.json"));
    return names;
  }

  private static byte[] unpacked(byte[] blob) throws IOException {
    var packed = new ByteArrayInputStream(blob);
    try (InputStream in =
        blob[0] == 0x1F ? new GZIPInputStream(packed) : new ZstdInputStreamNoFinalizer(packed)) {
      return in.readAllBytes();
    }
  }
}
