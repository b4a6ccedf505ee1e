package dev.longshore.resolver;

import static dev.longshore.resolver.testing.TokensOfTests.hash;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.api.v1.ResolveRequest;
import dev.longshore.api.v1.ResolverGrpc;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.image.member.SqliteMembers;
import dev.longshore.resolver.testing.Crowd;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.ModeRules;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.rules.RuleSettings;
import dev.longshore.testing.RandomImage;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller gets whose token is for some repositories. */
class LimitedCallerTest {
  private static final String SECRET = "registry.test/vault/secret";
  private static final List<RuleSettings> RULES =
      List.of(
          ModeRules.rule("registry.test/vault/**", Mode.ENCRYPTED),
          ModeRules.rule("**", Mode.PLAIN));
  private static final String UNKNOWN = "sha256:" + "7".repeat(64);

  @TempDir Path folder;
  private Edge edge;
  private RunningResolver resolver;

  /** In {@code team/tool}, which the token is for. */
  private MirroredImage ours;

  /** In {@code other/app}, which it is not for. */
  private MirroredImage theirs;

  /** In both. */
  private MirroredImage shared;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.ruled(folder.resolve("unused"), RULES);
    ours = edge.mirror(1);
    theirs = edge.mirror(2);
    shared = edge.mirror(3);
    edge.states.tag("registry.test/team/tool", "v1", ours.digest().toString());
    edge.states.tag("registry.test/team/tool", "base", shared.digest().toString());
    edge.states.tag("registry.test/other/app", "v1", theirs.digest().toString());
    edge.states.tag("registry.test/other/app", "base", shared.digest().toString());
    String tokens =
        """
        tokens:
        - {name: team, sha256: %s, scopes: [pull, look-up], repositories: [team/*]}
        - {name: vault, sha256: %s, scopes: [look-up], repositories: ["*/vault/*"]}
        - {name: all, sha256: %s, scopes: [pull], repositories: ["**"]}
        """
            .formatted(hash("team-token"), hash("vault-token"), hash("all-token"));
    resolver = RunningResolver.withTokens(folder, edge, tokens, RULES);
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    edge.close();
  }

  private HttpResponse<byte[]> get(String caller, String path) throws Exception {
    String pair = caller + ":" + caller + "-token";
    return resolver.get(
        path, "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  private static List<String> blobs(MirroredImage image) {
    return List.copyOf(image.image().blobs().keySet());
  }

  private void assertDenied(String path) throws Exception {
    HttpResponse<byte[]> answer = get("team", path);
    assertThat(answer.statusCode()).as(path).isEqualTo(403);
    JsonNode error = new ObjectMapper().readTree(answer.body()).get("errors").get(0);
    assertThat(error.get("code").asText()).isEqualTo("DENIED");
    assertThat(error.get("message").asText()).contains("team may not pull", ", but [team/*]");
  }

  @Test
  void itPullsByTheCidOfAnImageThatASourceOfAnotherRepositoryBecameToo() throws Exception {
    MirroredImage twin = MirroredImage.write(RandomImage.of(4), edge.far);
    List<String> sources = List.of("sha256:" + "0".repeat(64), "sha256:" + "f".repeat(64));
    sources.forEach(source -> edge.states.converted(twin, "plain", source));
    edge.states.holds("registry.test/other/app", sources.getFirst());
    edge.states.holds("registry.test/team/tool", sources.getLast());
    edge.states.pinned(twin, "far");

    for (Cid cid : List.of(twin.root(), twin.dag())) {
      String path = "/v2/ipfs/" + cid + "/manifests/latest";
      assertThat(get("team", path).statusCode()).as(path).isEqualTo(200);
      HttpResponse<byte[]> known = get("team", "/v1/resolve?ref=" + cid);
      assertThat(known.statusCode()).as(text(known)).isEqualTo(200);
      assertThat(text(known)).contains("team/tool").doesNotContain("other/app");
    }
  }

  @Test
  void itLooksUpALayerThatVeryManyImagesElsewhereHaveToo() throws Exception {
    Digest base = Digest.sha256("b".repeat(64));
    try (MemberTable members = SqliteMembers.open(folder.resolve("home/resolver/resolver.db"))) {
      Crowd crowd = new Crowd(edge.states, members);
      crowd.of("registry.test/other/app", 300, base);
      assertThat(get("team", "/v1/resolve?ref=" + base).statusCode()).isEqualTo(404);

      crowd.of("registry.test/team/tool", 1, base);
    }

    HttpResponse<byte[]> known = get("team", "/v1/resolve?ref=" + base);
    assertThat(known.statusCode()).isEqualTo(200);
    assertThat(text(known)).contains("team/tool").doesNotContain("other/app");
  }

  @Test
  void itPullsFromItsRepositoriesByEveryName() throws Exception {
    List<String> paths = new ArrayList<>();
    for (String name : List.of("team/tool", "registry.test/team/tool")) {
      paths.add("/v2/" + name + "/manifests/v1");
      paths.add("/v2/" + name + "/manifests/" + ours.digest());
      paths.add("/v2/" + name + "/tags/list");
      paths.add("/v2/" + name + "/referrers/" + ours.digest());
      blobs(ours).forEach(blob -> paths.add("/v2/" + name + "/blobs/" + blob));
    }
    paths.add("/v2/team/tool/manifests/v1?ns=registry.test");
    for (MirroredImage image : List.of(ours, shared)) {
      paths.add("/v2/ipfs/" + image.root() + "/manifests/latest");
      paths.add("/v2/ipfs/" + image.dag() + "/manifests/latest");
      paths.add("/v2/ipfs/" + image.dag() + "/blobs/" + blobs(image).getFirst());
    }
    for (String path : paths) {
      assertThat(get("team", path).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void anotherRepositoryIsRefusedInEveryWayAndLikeOneThatIsNotThere() throws Exception {
    for (String name : List.of("other/app", "registry.test/other/app", "nothing/there")) {
      assertDenied("/v2/" + name + "/manifests/v1");
      assertDenied("/v2/" + name + "/manifests/" + theirs.digest());
      assertDenied("/v2/" + name + "/manifests/" + ours.digest());
      assertDenied("/v2/" + name + "/blobs/" + blobs(theirs).getFirst());
      assertDenied("/v2/" + name + "/tags/list");
      assertDenied("/v2/" + name + "/referrers/" + theirs.digest());
    }
    assertDenied("/v2/other/app/manifests/v1?ns=registry.test");
    assertDenied("/v2/team/tool/x/manifests/v1");
    for (Object cid : List.of(theirs.root(), theirs.dag(), edgeless().root())) {
      assertDenied("/v2/ipfs/" + cid + "/manifests/latest");
      assertDenied("/v2/ipfs/" + cid + "/blobs/" + blobs(theirs).getFirst());
      assertDenied("/v2/ipfs/" + cid + "/tags/list");
    }
  }

  /** Nobody told the catalog of it: served to those who may see all alone. */
  private MirroredImage edgeless() throws Exception {
    return MirroredImage.write(RandomImage.of(9), edge.far);
  }

  @Test
  void aDigestOfAnotherRepositoryIsNotInItsOwn() throws Exception {
    get("all", "/v2/other/app/manifests/v1");
    assertThat(get("all", "/v2/other/app/blobs/" + blobs(theirs).getFirst()).statusCode())
        .isEqualTo(200);

    assertThat(get("team", "/v2/team/tool/blobs/" + blobs(theirs).getFirst()).statusCode())
        .isEqualTo(404);
    assertThat(get("team", "/v2/team/tool/manifests/" + theirs.digest()).statusCode())
        .isEqualTo(404);
    assertThat(text(get("team", "/v2/team/tool/referrers/" + theirs.digest())))
        .contains("\"manifests\":[]");
  }

  @Test
  void listsNameItsRepositoriesAlone() throws Exception {
    assertThat(text(get("team", "/v2/_catalog"))).contains("team/tool").doesNotContain("other");
    assertThat(text(get("all", "/v2/_catalog"))).contains("team/tool", "other/app");
    assertThat(text(get("team", "/v2/team/tool/tags/list"))).contains("v1", "base");
  }

  @Test
  void whoeverIsLetInIsToldThatThisIsARegistry() throws Exception {
    for (String caller : List.of("team", "vault", "all")) {
      assertThat(get(caller, "/v2/").statusCode()).as(caller).isEqualTo(200);
    }
    assertThat(resolver.get("/v2/").statusCode()).isEqualTo(401);
    assertThat(get("vault", "/v2/vault/secret/manifests/v1").statusCode()).isEqualTo(403);
    assertThat(text(get("all", "/v1/resolve?ref=" + ours.digest())))
        .contains("\"DENIED\"", "it needs scope look-up and has [pull]");
  }

  @Test
  void lookUpsTellOfItsRepositoriesAlone() throws Exception {
    get("all", "/v2/other/app/manifests/v1");
    for (String ref :
        List.of(
            theirs.digest().toString(),
            theirs.dag().toString(),
            theirs.root().toString(),
            blobs(theirs).getFirst(),
            UNKNOWN)) {
      HttpResponse<byte[]> answer = get("team", "/v1/resolve?ref=" + ref);
      assertThat(answer.statusCode()).as(ref).isEqualTo(404);
      assertThat(text(answer)).doesNotContain("other");
    }
    for (String ref : List.of("registry.test/other/app:v1", "other/app:v1", "nothing/there:v1")) {
      HttpResponse<byte[]> answer = get("team", "/v1/resolve?ref=" + ref);
      assertThat(answer.statusCode()).as(ref).isEqualTo(403);
      assertThat(text(answer)).contains("team may not look up");
    }
    for (String ref :
        List.of(
            "team/tool:base",
            shared.digest().toString(),
            shared.dag().toString(),
            shared.root().toString())) {
      HttpResponse<byte[]> answer = get("team", "/v1/resolve?ref=" + ref);
      assertThat(answer.statusCode()).as(ref).isEqualTo(200);
      assertThat(text(answer))
          .contains("\"team/tool\"", shared.dag().toString())
          .doesNotContain("other");
    }
  }

  @Test
  void lookUpsTellOfNoFormThatItsRepositoriesDoNotServe() throws Exception {
    MirroredImage encrypted = MirroredImage.write(RandomImage.of(4), edge.far);
    edge.states.readAndMade(shared.digest().toString(), encrypted, "encrypted", SECRET);
    edge.states.pinned(encrypted, "far");
    edge.states.tag(SECRET, "v1", shared.digest().toString());
    String ref = "/v1/resolve?ref=" + shared.digest();

    assertThat(text(get("team", ref)))
        .contains(shared.dag().toString())
        .doesNotContain("vault", encrypted.dag().toString());
    assertThat(text(get("vault", ref)))
        .contains("vault/secret", encrypted.dag().toString())
        .doesNotContain("team", shared.dag().toString());
  }

  @Test
  void grpcAnswersTheSame() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(resolver.service.grpcAddress().address())
            .usePlaintext()
            .build();
    try {
      ResolveRequest named = ResolveRequest.newBuilder().setName("team/tool:base").build();
      assertThat(stub(channel, "team").resolve(named).getImages(0).getNamesList())
          .extracting(name -> name.getRepository())
          .containsExactly("team/tool");
      assertStatus(channel, "team", "other/app:v1", Status.Code.PERMISSION_DENIED);
      assertStatus(channel, "all", "team/tool:v1", Status.Code.PERMISSION_DENIED);
      assertStatus(channel, "nobody", "team/tool:v1", Status.Code.UNAUTHENTICATED);
    } finally {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static void assertStatus(
      ManagedChannel channel, String caller, String name, Status.Code code) {
    assertThatThrownBy(
            () -> stub(channel, caller).resolve(ResolveRequest.newBuilder().setName(name).build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  private static ResolverGrpc.ResolverBlockingStub stub(ManagedChannel channel, String caller) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + caller + "-token");
    return ResolverGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }
}
