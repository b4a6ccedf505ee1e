package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.resolver.name.Selector;
import dev.longshore.testing.RandomImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One push through the steps of all four services, in memory. */
class OnePushTest {
  @TempDir Path folder;
  private InMemoryLongshore longshore;

  @BeforeEach
  void start() throws Exception {
    longshore = new InMemoryLongshore(folder);
  }

  @AfterEach
  void end() {
    longshore.close();
  }

  @Test
  void anImageThatIsPushedIsOnThreePeersAndIsServedFromThem() throws Exception {
    Descriptor pushed = longshore.push("1.0", RandomImage.of(1));

    PinState pin = longshore.awaitServed(pushed, 3);

    assertThat(pin.copies())
        .extracting(copy -> copy.peer().text())
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(Set.of("a", "b", "c"))
        .allSatisfy(peer -> assertThat(longshore.nodes.get(peer).pinned()).hasSize(1));
    byte[] manifest = longshore.pull(new Selector.ByTag(new Tag("1.0")));
    assertThat(Digest.of(manifest)).isEqualTo(pushed.digest());
    for (Descriptor part : Manifest.parse(manifest, pushed.mediaType()).children()) {
      assertThat(Digest.of(longshore.pull(new Selector.ByDigest(part.digest()))))
          .isEqualTo(part.digest());
    }
  }

  @Test
  void anImageIsServedInEachModeOfItsRuleUnderATagOfItsOwn() throws Exception {
    try (InMemoryLongshore modes =
        new InMemoryLongshore(
            Files.createDirectory(folder.resolve("modes")),
            "rules: [{modes: [plain, estargz, encrypted], recipients: [\"jwe:%s\"]}]"
                .formatted(publicKey()))) {
      Descriptor pushed = modes.push("1.0", RandomImage.of(2));

      for (String mode : List.of("plain", "estargz", "encrypted")) {
        ImageState image = modes.awaitMode(pushed, mode);
        String tag = mode.equals("plain") ? "1.0" : "1.0-" + mode;
        byte[] manifest = modes.pull(new Selector.ByTag(new Tag(tag)));
        assertThat(Digest.of(manifest)).isEqualTo(image.servedDigest());
        for (Descriptor part : Manifest.parse(manifest, "").children()) {
          assertThat(Digest.of(modes.pull(new Selector.ByDigest(part.digest()))))
              .isEqualTo(part.digest());
        }
      }
    }
  }

  private Path publicKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    byte[] key = generator.generateKeyPair().getPublic().getEncoded();
    return Files.write(folder.resolve("public.der"), key);
  }
}
