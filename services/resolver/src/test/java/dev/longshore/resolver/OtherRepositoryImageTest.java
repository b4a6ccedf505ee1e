package dev.longshore.resolver;

import static dev.longshore.resolver.testing.TokensOfTests.hash;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Mode;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.ModeRules;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.testing.RandomImage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image is served where it was read or shown to be, and not wherever its digest has a name. */
class OtherRepositoryImageTest {
  private static final String SECRET = "registry.test/secret/app";
  private static final String OTHER = "registry.test/mallory/x";
  private static final String THIRD = "registry.test/team/app";
  private static final String TOKENS =
      """
      tokens:
        - {name: mallory, sha256: %s, scopes: [pull, look-up], repositories: [mallory/*]}
        - {name: team, sha256: %s, scopes: [pull, look-up], repositories: [team/*]}
      """
          .formatted(hash("mallory"), hash("team"));

  @TempDir Path folder;
  private final List<RuleSettings> rules =
      List.of(ModeRules.rule("**", Mode.PLAIN, Mode.ENCRYPTED));
  private Edge edge;
  private RunningResolver resolver;
  private MirroredImage image;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.ruled(folder.resolve("unused"), rules);
    resolver =
        new RunningResolver(folder, edge.catalog, edge.own, AccessSettings.OPEN, false, rules);
    image = MirroredImage.write(RandomImage.of(1), edge.far);
    edge.states.pinned(image, "far");
    edge.states.read(image, SECRET);
    edge.states.tag(SECRET, "v1", image.digest().toString());
    edge.catalog.writer().complete(edge.clock.instant());
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    edge.close();
  }

  @Test
  void aNameOfItsDigestDoesNotOpenIt() throws Exception {
    edge.states.tag(OTHER, "v1", image.digest().toString());
    edge.states.holds(OTHER, image.digest().toString());

    assertServes(SECRET, 200);
    assertServes(OTHER, 404);
    assertThat(text("/v2/_catalog")).contains("secret/app").doesNotContain("mallory/x");
    assertThat(text("/v2/" + OTHER + "/tags/list")).doesNotContain("v1");
  }

  @Test
  void whoWasShownToServeItServesIt() throws Exception {
    edge.states.tag(THIRD, "v1", image.digest().toString());
    assertServes(THIRD, 404);

    edge.states.asked(image, THIRD);

    assertServes(THIRD, 200);
    assertServes(SECRET, 200);
  }

  @Test
  void aTagServesWhatItHadUntilTheNewImageIsShownToBeThere() throws Exception {
    MirroredImage before = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.pinned(before, "far");
    edge.states.read(before, THIRD);
    edge.states.tag(THIRD, "v1", image.digest().toString(), before.digest().toString());
    assertThat(digest("/v2/" + THIRD + "/manifests/v1")).isEqualTo(before.digest().toString());

    edge.states.asked(image, THIRD);

    assertThat(digest("/v2/" + THIRD + "/manifests/v1")).isEqualTo(image.digest().toString());
  }

  @Test
  void whatOneLacksOfAnImageIsNotServedThereForAnotherThatHasIt() throws Exception {
    MirroredImage lacking = MirroredImage.write(RandomImage.of(3), edge.far);
    edge.states.pinned(lacking, "far");
    edge.states.read(lacking, OTHER, image.digest().toString());
    edge.states.tag(OTHER, "v1", image.digest().toString());

    for (String blob : image.image().blobs().keySet()) {
      assertThat(status("/v2/" + OTHER + "/blobs/" + blob)).as(blob).isEqualTo(404);
      assertThat(status("/v2/" + SECRET + "/blobs/" + blob)).as(blob).isEqualTo(200);
    }
    for (String blob : lacking.image().blobs().keySet()) {
      assertThat(status("/v2/" + OTHER + "/blobs/" + blob)).as(blob).isEqualTo(200);
    }
  }

  @Test
  void anEncryptedImageIsForItsRepositoryToo() throws Exception {
    MirroredImage encrypted = MirroredImage.write(RandomImage.of(4), edge.far);
    edge.states.pinned(encrypted, "far");
    edge.states.readAndMade(image.digest().toString(), encrypted, "encrypted", SECRET);
    edge.states.tag(OTHER, "v1", image.digest().toString());
    String manifest = encrypted.digest().toString();

    assertThat(status("/v2/" + SECRET + "/manifests/" + manifest)).isEqualTo(200);
    assertThat(status("/v2/" + SECRET + "/manifests/v1-encrypted")).isEqualTo(200);
    assertThat(status("/v2/" + OTHER + "/manifests/" + manifest)).isEqualTo(404);
    assertThat(status("/v2/" + OTHER + "/manifests/v1-encrypted")).isEqualTo(404);
  }

  @Test
  void aSignatureIsForItsRepositoryToo() throws Exception {
    RandomImage signature = Referrers.signatureOf(image.image(), "signed");
    MirroredImage signed = MirroredImage.write(signature, edge.far);
    edge.states.pinned(signed, "far");
    edge.states.read(signed, SECRET);
    edge.states.holds(SECRET, signed.digest().toString());
    edge.states.asked(image, THIRD);
    edge.states.tag(THIRD, "v1", image.digest().toString());
    edge.states.holds(THIRD, signed.digest().toString());
    String referrers = "/referrers/" + image.digest();

    assertThat(text("/v2/" + SECRET + referrers)).contains(signed.digest().toString());
    assertThat(text("/v2/" + THIRD + referrers)).doesNotContain(signed.digest().toString());
  }

  @Test
  void aCallerOfOtherRepositoriesIsToldNothingAndPullsNothingByCid() throws Exception {
    edge.states.tag(OTHER, "v1", image.digest().toString());
    edge.states.asked(image, THIRD);
    edge.states.tag(THIRD, "v1", image.digest().toString());
    resolver.close();
    resolver = RunningResolver.withTokens(folder, edge, TOKENS, rules);
    String pull = "/v2/ipfs/" + image.root() + "/manifests/latest";

    assertThat(as("mallory", pull).statusCode()).isEqualTo(403);
    assertThat(as("team", pull).statusCode()).isEqualTo(200);
    for (String ref : List.of(OTHER + ":v1", image.digest().toString(), image.dag().toString())) {
      assertThat(text(as("mallory", "/v1/resolve?ref=" + ref)))
          .as(ref)
          .doesNotContain(image.root().toString());
    }
    assertThat(text(as("team", "/v1/resolve?ref=" + THIRD + ":v1")))
        .contains(image.root().toString());
  }

  @Test
  void aRecordOfTheFirstReleaseIsForTheRepositoryThatItNamesUntilThatHasItsOwn() throws Exception {
    MirroredImage old = MirroredImage.write(RandomImage.of(6), edge.far);
    edge.states.pinned(old, "far");
    edge.states.convertedByFirstRelease(old, OTHER);
    edge.states.tag(OTHER, "v1", old.digest().toString());
    edge.states.tag(THIRD, "v1", old.digest().toString());
    String blob = old.image().blobs().keySet().iterator().next();
    assertThat(status("/v2/" + OTHER + "/blobs/" + blob)).isEqualTo(200);
    assertThat(status("/v2/" + THIRD + "/blobs/" + blob)).isEqualTo(404);
    MirroredImage lacking = MirroredImage.write(RandomImage.of(7), edge.far);
    edge.states.pinned(lacking, "far");

    edge.states.read(lacking, OTHER, old.digest().toString());

    assertThat(status("/v2/" + OTHER + "/blobs/" + blob)).isEqualTo(404);
  }

  private void assertServes(String repository, int status) throws Exception {
    List<String> paths = new ArrayList<>(List.of("manifests/v1"));
    image.image().manifests().forEach(manifest -> paths.add("manifests/" + manifest.digest()));
    image.image().blobs().keySet().forEach(blob -> paths.add("blobs/" + blob));
    for (String path : paths) {
      String whole = "/v2/" + repository + "/" + path;
      assertThat(status(whole)).as(whole).isEqualTo(status);
    }
  }

  private int status(String path) throws Exception {
    return resolver.get(path).statusCode();
  }

  private String digest(String path) throws Exception {
    return resolver.get(path).headers().firstValue("Docker-Content-Digest").orElseThrow();
  }

  private HttpResponse<byte[]> as(String caller, String path) throws Exception {
    return resolver.get(path, "Authorization", "Bearer " + caller);
  }

  private String text(String path) throws Exception {
    return text(resolver.get(path));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
