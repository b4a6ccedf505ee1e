package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.ModeRules;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.settings.Secret;
import dev.longshore.testing.RandomImage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an encrypted repository tells those who show no credential. */
class SecretRepositoryTest {
  private static final String SECRET = "registry.test/secret";
  private static final String OLDER = "sha256:" + "9".repeat(64);
  private static final List<RuleSettings> RULES =
      List.of(ModeRules.rule(SECRET, Mode.ENCRYPTED), ModeRules.rule("**", Mode.PLAIN));

  @TempDir Path folder;
  private Edge edge;
  private RandomImage source;
  private MirroredImage encrypted;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.ruled(folder.resolve("unused"), RULES);
    source = RandomImage.of(1);
    encrypted = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.madeOf(source.rootDigest(), encrypted, "encrypted");
    edge.states.pinned(encrypted, "far");
    edge.states.tag(SECRET, "v1", source.rootDigest(), OLDER);
    edge.states.holds(SECRET, source.rootDigest());
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void noAnswerNamesADigestOfThePlainImage() throws Exception {
    try (RunningResolver resolver = resolver(null)) {
      List<String> plain = new ArrayList<>(source.blobs().keySet());
      plain.add(source.rootDigest());
      plain.add(OLDER);
      for (String path : paths()) {
        HttpResponse<byte[]> answer = resolver.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(plain)
            .as(path)
            .noneMatch(digest -> text(answer).contains(Digest.parse(digest).hex()));
      }
    }
  }

  @Test
  void aPlainDigestLeadsNowhere() throws Exception {
    try (RunningResolver resolver = resolver(null)) {
      for (String path : pathsOf(source.rootDigest())) {
        HttpResponse<byte[]> answer = resolver.get(path);
        assertThat(answer.statusCode()).as(path).isIn(200, 404);
        assertThat(text(answer))
            .as(path)
            .doesNotContain(encrypted.digest().hex(), encrypted.dag().toString());
      }
    }
  }

  @Test
  void aPlainDigestThatIsPublicElsewhereLeadsToNoEncryptedForm() throws Exception {
    MirroredImage open = edge.mirror(source);
    edge.states.tag("registry.test/open", "v1", open.digest().toString());
    try (RunningResolver resolver = resolver(null)) {
      String known = text(resolver.get("/v1/resolve?ref=" + source.rootDigest()));

      assertThat(known).contains(open.dag().toString(), "open");
      assertThat(known).doesNotContain("secret", encrypted.dag().toString());
      for (String path : paths()) {
        assertThat(text(resolver.get(path)))
            .as(path)
            .doesNotContain(open.digest().hex(), open.dag().toString());
      }
    }
  }

  @Test
  void aRuleWithBothModesElsewhereTiesNothingToASecretImage() throws Exception {
    List<RuleSettings> rules =
        List.of(
            ModeRules.rule(SECRET, Mode.ENCRYPTED),
            ModeRules.rule("**", Mode.PLAIN, Mode.ENCRYPTED));
    edge.close();
    edge = Edge.ruled(folder.resolve("other"), rules);
    MirroredImage open = edge.mirror(source);
    encrypted = MirroredImage.write(RandomImage.of(2), edge.far);
    edge.states.madeOf(source.rootDigest(), encrypted, "encrypted");
    edge.states.pinned(encrypted, "far");
    edge.states.tag("registry.test/app", "v1", source.rootDigest());
    try (RunningResolver resolver = resolver(null, rules)) {
      String byOwnName = text(resolver.get("/v1/resolve?ref=registry.test/app:v1-encrypted"));
      assertThat(byOwnName).contains(encrypted.dag().toString());
      assertThat(byOwnName).doesNotContain(open.dag().toString());
      assertUntied(resolver, open, "registry.test/app:v1");
      assertUntied(resolver, open, "registry.test/app@" + open.digest());
      assertUntied(resolver, open, open.digest().toString());

      edge.states.tag(SECRET, "v1", source.rootDigest());

      assertUntied(resolver, open, "registry.test/app:v1");
      assertThat(text(resolver.get("/v1/resolve?ref=registry.test/app:v1-encrypted")))
          .doesNotContain(encrypted.dag().toString());
      assertThat(text(resolver.get("/v1/resolve?ref=" + encrypted.dag())))
          .contains(encrypted.digest().toString())
          .doesNotContain("\"app\"", open.digest().hex());
    }
  }

  private static void assertUntied(RunningResolver resolver, MirroredImage plain, String ref)
      throws Exception {
    String known = text(resolver.get("/v1/resolve?ref=" + ref));
    assertThat(known).as(ref).contains(plain.dag().toString()).doesNotContain("encrypted\"");
  }

  @Test
  void whoShowsTheCredentialIsToldOfBoth() throws Exception {
    CredentialSettings token = new CredentialSettings(null, null, new Secret("read-token"));
    try (RunningResolver resolver = resolver(token)) {
      String path = "/v1/resolve?ref=registry.test/secret:v1";
      assertThat(resolver.get(path).statusCode()).isEqualTo(401);

      String known = text(resolver.get(path, "Authorization", "Bearer read-token"));

      assertThat(known).contains(source.rootDigest(), encrypted.digest().toString());
    }
  }

  private List<String> paths() {
    List<String> paths = new ArrayList<>(pathsOf(encrypted.digest().toString()));
    paths.add("/v2/secret/manifests/v1");
    paths.add("/v2/secret/tags/list");
    paths.add("/v2/_catalog");
    paths.add("/v1/resolve?ref=registry.test/secret:v1");
    paths.add("/v1/resolve?ref=" + encrypted.dag());
    paths.add("/v1/resolve?ref=" + encrypted.root());
    paths.add("/v2/ipfs/" + encrypted.root() + "/manifests/latest");
    paths.add("/v2/ipfs/" + encrypted.dag() + "/manifests/latest");
    return paths;
  }

  private static List<String> pathsOf(String digest) {
    return List.of(
        "/v2/secret/manifests/" + digest,
        "/v2/secret/referrers/" + digest,
        "/v1/resolve?ref=" + digest,
        "/v1/resolve?ref=registry.test/secret@" + digest);
  }

  private RunningResolver resolver(@Nullable CredentialSettings shown) throws Exception {
    return resolver(shown, RULES);
  }

  private RunningResolver resolver(@Nullable CredentialSettings shown, List<RuleSettings> rules)
      throws Exception {
    return new RunningResolver(folder.resolve("home"), edge.catalog, edge.own, shown, false, rules);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8) + answer.headers().map();
  }
}
