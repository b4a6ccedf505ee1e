package dev.longshore.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.files.OciLayoutSource;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectImageTest {
  private static final RepositoryName NAME = RepositoryName.canonical("localhost:5055/demo/app");
  private static final long ALL = Long.MAX_VALUE;
  @TempDir Path folder;
  private String classPath = "";

  @BeforeEach
  void jars() throws Exception {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    StringBuilder path = new StringBuilder(folder.resolve("classes").toString());
    for (String name :
        new String[] {"longshore-app-1.jar", "vertx-core-5.jar", "kafka_2.13-4.jar"}) {
      Path jar = Files.write(jars.resolve(name), name.getBytes(StandardCharsets.UTF_8));
      path.append(File.pathSeparator).append(jar);
    }
    classPath = path.toString();
  }

  private Descriptor write(String to) throws Exception {
    new ProjectImage(folder.resolve(to), classPath, ALL).write();
    return OciLayoutSource.open(folder.resolve(to), NAME)
        .resolve(Reference.tagged(NAME, ProjectImage.TAG));
  }

  @Test
  void inItsNextVersionSomeOfItsOwnJarsHaveChangedAndNothingElse() throws Exception {
    Path jar = folder.resolve("jars/longshore-app-1.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("Main.class"));
      zip.write(1);
      zip.closeEntry();
    }
    Path runtime = Files.createDirectories(folder.resolve("java/bin"));
    Files.writeString(runtime.resolve("java"), "java");

    new ProjectImage(folder.resolve("versions"), classPath, ALL)
        .writeVersions(folder.resolve("java"));

    OciLayoutSource source = OciLayoutSource.open(folder.resolve("versions"), NAME);
    List<List<Descriptor>> layers = new ArrayList<>();
    for (String tag : ProjectImage.VERSIONS) {
      Descriptor top = source.resolve(Reference.tagged(NAME, new Tag(tag)));
      layers.add(
          ((ImageManifest) Manifest.parse(source.manifest(NAME, top.digest()), top.mediaType()))
              .layers());
    }
    assertThat(layers.getFirst()).hasSize(3);
    assertThat(layers.getLast().subList(0, 2)).isEqualTo(layers.getFirst().subList(0, 2));
    assertThat(layers.getLast().getLast()).isNotEqualTo(layers.getFirst().getLast());
    assertThat(text(source, layers.getLast().getLast()))
        .contains("longshore/app/longshore-app-1.jar", "META-INF/demo-version");
  }

  @Test
  void isALayoutWithOneLayerOfLibrariesAndOneOfOurOwn() throws Exception {
    Descriptor top = write("image");

    OciLayoutSource source = OciLayoutSource.open(folder.resolve("image"), NAME);
    ImageManifest manifest =
        (ImageManifest) Manifest.parse(source.manifest(NAME, top.digest()), top.mediaType());
    assertThat(manifest.layers()).hasSize(2);
    for (Descriptor blob : manifest.children()) {
      assertThat(source.blob(NAME, blob, 0).readAllBytes()).hasSize((int) blob.size());
    }
    String libraries = text(source, manifest.layers().getFirst());
    assertThat(libraries).contains("longshore/lib/vertx-core-5.jar").doesNotContain("kafka_2.13");
    assertThat(text(source, manifest.layers().getLast()))
        .contains("longshore/app/longshore-app-1.jar");
  }

  @Test
  void isMadeWithoutLargerFilesThanItIsTold() throws Exception {
    Files.write(folder.resolve("jars/longshore-app-1.jar"), new byte[100]);
    Files.write(folder.resolve("jars/vertx-core-5.jar"), new byte[100]);

    new ProjectImage(folder.resolve("small"), classPath, 99).write();

    OciLayoutSource source = OciLayoutSource.open(folder.resolve("small"), NAME);
    Descriptor top = source.resolve(Reference.tagged(NAME, ProjectImage.TAG));
    List<Descriptor> layers =
        ((ImageManifest) Manifest.parse(source.manifest(NAME, top.digest()), top.mediaType()))
            .layers();
    assertThat(text(source, layers.getFirst())).doesNotContain("vertx-core");
    assertThat(text(source, layers.getLast()))
        .as("its own jars are always there")
        .contains("longshore/app/longshore-app-1.jar");
  }

  @Test
  void hasTheSameBytesForTheSameJarsWhereverAndWheneverItIsWritten() throws Exception {
    Descriptor first = write("one");
    Path jar = folder.resolve("jars/longshore-app-1.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));

    assertThat(write("two")).isEqualTo(first);
  }

  private static String text(OciLayoutSource source, Descriptor layer) throws Exception {
    return new String(source.blob(NAME, layer, 0).readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
