package dev.longshore.oci.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.SavedImages;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that say more than they hold, or something else. */
final class SaveTarAttackTest {
  private static final RepositoryName NAME = RepositoryName.parse("registry.example/team/app");

  /** Bytes; a list of 4 MiB and its tree; each entry's header takes some kilobytes for a moment. */
  private static final long MOST_BYTES = 256L << 20;

  @TempDir Path folder;

  private Attack<Map<Digest, Long>> attack() {
    return new Attack<>(
        SaveTarAttackTest.class,
        "libs/oci",
        this::contents,
        List.of(RegistryException.class),
        MOST_BYTES,
        (sizes, tar) ->
            assertThat(sizes.values())
                .allMatch(size -> size <= Manifest.MANIFEST_LIMIT + tar.length));
  }

  /** Sizes of all contents; the source checks each against its digest. */
  private Map<Digest, Long> contents(byte[] tar) throws IOException {
    Path file = Files.write(folder.resolve("image.tar"), tar);
    var sizes = new TreeMap<Digest, Long>();
    try (SaveTarSource source = SaveTarSource.open(file, NAME)) {
      for (SavedImage image : source.images()) {
        read(source, image.descriptor(), sizes);
        source.referrers(NAME, image.descriptor().digest());
      }
    }
    return sizes;
  }

  private static void read(SaveTarSource source, Descriptor descriptor, Map<Digest, Long> sizes)
      throws IOException {
    if (sizes.putIfAbsent(descriptor.digest(), descriptor.size()) != null) {
      return;
    }
    if (!MediaType.isManifest(descriptor.mediaType())) {
      try (BlobStream in = source.blob(NAME, descriptor, 0)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return;
    }
    byte[] body = source.manifest(NAME, descriptor.digest());
    var attempt = new RegistryException.Attempt("read", descriptor.digest().toString());
    for (Descriptor child : Manifest.parse(body, descriptor.mediaType(), attempt).children()) {
      read(source, child, sizes);
    }
  }

  @Test
  void archivesAreReadOrRefused() {
    List<HostileInput> inputs = HostileTars.inputs(Attack.seed(), docker(), layout());

    Attack.Tally tally = attack().with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedArchivesAreReadOrRefused() {
    Attack.Tally tally = attack().mutating(List.of(docker(), layout()), Tar::resealed);

    assertThat(tally.refused()).isPositive();
  }

  private static byte[] docker() {
    return SavedImages.dockerTar(new StoredImage(NAME, "v1", RandomImage.of(1)));
  }

  private static byte[] layout() {
    return SavedImages.layoutTar(List.of(new StoredImage(NAME, "v1", RandomImage.of(2))));
  }
}
