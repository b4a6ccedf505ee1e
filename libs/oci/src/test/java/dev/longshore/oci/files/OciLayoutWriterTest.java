package dev.longshore.oci.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.source.ImageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OciLayoutWriterTest {
  private static final byte[] LAYER = "a layer".getBytes(StandardCharsets.US_ASCII);
  private static final Reference NAME = Reference.parse("localhost:5055/team/app:v1");
  private static final RepositoryName ANY = RepositoryName.canonical("localhost/any");

  @TempDir Path folder;

  private static Descriptor write(OciLayoutWriter layout) throws IOException {
    Descriptor config = layout.blob(MediaType.OCI_CONFIG, "{}".getBytes(StandardCharsets.US_ASCII));
    Descriptor layer = layout.blob(MediaType.OCI_LAYER, LAYER);
    ImageManifest manifest =
        ImageManifest.of(ManifestHead.of(MediaType.OCI_MANIFEST), config, List.of(layer));
    Descriptor top = layout.blob(MediaType.OCI_MANIFEST, manifest.raw().bytes());
    layout.index(top, Optional.of(new Tag("v1")), Optional.of(NAME));
    return top;
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  /** All files in the folder and below it. */
  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList();
    } catch (UncheckedIOException vanished) {
      return List.of();
    }
  }

  private static void isWhole(ImageSource source, Descriptor top) throws IOException {
    assertThat(source.resolve(Reference.tagged(ANY, "v1")).digest()).isEqualTo(top.digest());
    assertThat(source.resolve(NAME).digest()).isEqualTo(top.digest());
    byte[] layer = source.blob(ANY, Descriptor.of(MediaType.OCI_LAYER, LAYER), 0).readAllBytes();
    assertThat(layer).isEqualTo(LAYER);
  }

  @Test
  void aFolderIsReadByItsTagAndByItsWholeName() throws IOException {
    Path target = folder.resolve("image");
    Descriptor top;
    try (OciLayoutWriter layout = OciLayoutWriter.beside(target)) {
      top = write(layout);
      assertThat(target).doesNotExist();
      layout.moveTo(target);
    }

    isWhole(OciLayoutSource.open(target, ANY), top);
    assertThat(left()).containsExactly("image");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rwx------");
  }

  @Test
  void aTarIsReadAsTheFolderIsAndIsTheSameEachTime() throws IOException {
    Path target = folder.resolve("image.tar");
    Path again = folder.resolve("again.tar");
    Descriptor top;
    try (OciLayoutWriter layout = OciLayoutWriter.beside(target)) {
      top = write(layout);
      layout.archiveAs(target);
      layout.archiveAs(again);
    }

    try (SaveTarSource source = SaveTarSource.open(target, ANY)) {
      isWhole(source, top);
    }
    assertThat(target).hasSameBinaryContentAs(again);
    assertThat(left()).containsExactlyInAnyOrder("image.tar", "again.tar");
  }

  @Test
  void nothingIsLeftOfAnImageThatWasNotFinished() throws IOException {
    try (OciLayoutWriter layout = OciLayoutWriter.beside(folder.resolve("image"))) {
      write(layout);
      assertThatThrownBy(
              () ->
                  layout.blob(
                      out -> {
                        out.write(LAYER);
                        throw new IOException("not the bytes that were meant");
                      }))
          .hasMessage("not the bytes that were meant");
      try (Stream<Path> files = Files.walk(folder)) {
        assertThat(files.filter(file -> file.toString().endsWith(".partial"))).isEmpty();
      }
    }

    assertThat(left()).isEmpty();
  }

  /** As Ctrl-C does it: another thread removes all while layers are written. */
  @Test
  void closedInTheMiddleOfABlobNothingIsLeftAndNoMoreIsWritten() throws IOException {
    Path target = folder.resolve("image");
    OciLayoutWriter layout = OciLayoutWriter.beside(target);
    Descriptor top = write(layout);

    assertThatThrownBy(
            () ->
                layout.blob(
                    out -> {
                      out.write(LAYER);
                      layout.close();
                      out.write(LAYER);
                      return Digest.of(LAYER);
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no more is written");

    assertThat(left()).isEmpty();
    assertThatThrownBy(() -> write(layout)).hasMessageContaining("no more is written");
    assertThatThrownBy(() -> layout.index(top, Optional.empty(), Optional.empty()))
        .hasMessageContaining("no more is written");
    assertThatThrownBy(() -> layout.moveTo(target)).hasMessageContaining("no more is written");
    assertThatThrownBy(() -> layout.archiveAs(folder.resolve("image.tar")))
        .hasMessageContaining("no more is written");
    layout.close();
    assertThat(left()).isEmpty();
  }

  @RepeatedTest(10)
  void closedWhileItIsPackedNothingIsLeftBesideTheTar() throws Exception {
    OciLayoutWriter layout = OciLayoutWriter.beside(folder.resolve("image.tar"));
    byte[] zeros = new byte[8 << 20];
    layout.blob(MediaType.OCI_LAYER, zeros);
    write(layout);
    int before = files().size();
    CompletableFuture<Void> packing =
        CompletableFuture.runAsync(
            () -> {
              try {
                layout.archiveAs(folder.resolve("image.tar"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    while (files().size() == before && !packing.isDone()) {
      Thread.onSpinWait();
    }

    layout.close();

    assertThat(left()).as("when the process ends").isSubsetOf("image.tar");
    boolean whole = packing.handle((_, failure) -> failure == null).get(30, TimeUnit.SECONDS);
    assertThat(left()).isEqualTo(whole ? List.of("image.tar") : List.of());
  }

  @Test
  void anImageOfWhichNoNameIsKnownHasNone() throws IOException {
    Path target = folder.resolve("image");
    try (OciLayoutWriter layout = OciLayoutWriter.beside(target)) {
      layout.index(write(layout), Optional.empty(), Optional.empty());
      layout.moveTo(target);
    }

    assertThat(OciLayoutSource.open(target, ANY).images())
        .singleElement()
        .returns(Optional.empty(), SavedImage::full)
        .returns(Optional.empty(), SavedImage::tag);
  }

  @Test
  void whatIsThereIsNotOverwritten() throws IOException {
    Path target = Files.createDirectory(folder.resolve("image"));
    OciLayoutWriter.beside(target).close();
    Files.writeString(target.resolve("file"), "kept");

    assertThatThrownBy(() -> OciLayoutWriter.beside(target))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("something is there already");
    assertThatThrownBy(() -> OciLayoutWriter.beside(folder.resolve("no/such/image")))
        .hasMessageContaining("no folder to write it into");
    assertThat(target.resolve("file")).hasContent("kept");
  }
}
