package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.api.v1.ResolveRequest;
import dev.longshore.api.v1.ResolverGrpc;
import dev.longshore.events.Audited;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.TokensOfTests;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audit records of a resolver's callers. */
class AuditedPullsTest {
  private static final String TOKEN = "t0ken-of-the-test";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private Edge edge;
  private RunningResolver resolver;
  private MirroredImage image;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    image = edge.mirror(1);
    edge.states.tag("registry.test/team/app", "v1", image.digest().toString());
    String tokens =
        "tokens: [{name: edge, sha256: %s, scopes: [pull, look-up], repositories: [team/*]}]"
            .formatted(TokensOfTests.hash(TOKEN));
    resolver = RunningResolver.withTokens(folder, edge, tokens, List.of());
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    edge.close();
  }

  private void get(String path, int status) throws Exception {
    assertThat(resolver.get(path, "Authorization", "Bearer " + TOKEN).statusCode())
        .as(path)
        .isEqualTo(status);
  }

  private static String line(Audited entry) {
    return String.join(
        " ",
        entry.caller(),
        entry.listener(),
        entry.operation(),
        Objects.toString(entry.repository(), "-"),
        Objects.toString(entry.reference(), "-"),
        entry.status());
  }

  /** Entries come as answers end, which a caller may see before. */
  private List<String> entries(int count) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (resolver.audited.size() < count && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
    return resolver.audited.stream().map(AuditedPullsTest::line).toList();
  }

  @Test
  void onePullIsItsManifestAndEachListIsItself() throws Exception {
    get("/v2/", 200);
    get("/v2/team/app/manifests/v1", 200);
    for (String blob : image.image().blobs().keySet()) {
      get("/v2/team/app/blobs/" + blob, 200);
    }
    get("/v2/team/app/tags/list", 200);
    get("/v2/team/app/referrers/" + image.digest(), 200);
    get("/v2/_catalog", 200);
    get("/v1/resolve?ref=team/app:v1", 200);

    assertThat(entries(5))
        .containsExactlyInAnyOrder(
            "edge resolver pull team/app v1 200",
            "edge resolver tags team/app - 200",
            "edge resolver referrers team/app " + image.digest() + " 200",
            "edge resolver repositories - - 200",
            "edge resolver look-up - team/app:v1 200");
  }

  @Test
  void aRefusalSaysWhatWasWanted() throws Exception {
    String blob = "sha256:" + "1".repeat(64);
    get("/v2/other/app/blobs/" + blob, 403);
    get("/v2/ipfs/" + image.root() + "/manifests/latest", 200);
    get("/v1/resolve?ref=other/app:v1", 403);
    assertThat(resolver.get("/v2/team/app/manifests/v1").statusCode()).isEqualTo(401);

    assertThat(entries(4))
        .containsExactlyInAnyOrder(
            "edge resolver blob other/app " + blob + " 403",
            "edge resolver pull ipfs/" + image.root() + " latest 200",
            "edge resolver look-up - other/app:v1 403",
            "anonymous resolver pull - - 401");
    assertThat(resolver.audited.toString()).doesNotContain(TOKEN);
  }

  @Test
  void grpcIsToldToo() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(resolver.service.grpcAddress().address())
            .usePlaintext()
            .build();
    try {
      var stub =
          ResolverGrpc.newBlockingStub(channel)
              .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + TOKEN);
      var known = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      ResolveRequest ours = ResolveRequest.newBuilder().setName("team/app:v1").build();
      ResolveRequest theirs = ResolveRequest.newBuilder().setName("other/app:v1").build();

      assertThat(known.resolve(ours).getImagesCount()).isEqualTo(1);
      assertThatThrownBy(() -> known.resolve(theirs)).isInstanceOf(StatusRuntimeException.class);
      assertThatThrownBy(() -> stub.resolve(ours)).isInstanceOf(StatusRuntimeException.class);

      assertThat(entries(3))
          .containsExactlyInAnyOrder(
              "edge resolver gRPC look-up - team/app:v1 OK",
              "edge resolver gRPC look-up - other/app:v1 PERMISSION_DENIED",
              "anonymous resolver gRPC look-up - - UNAUTHENTICATED");
      assertThat(resolver.audited)
          .allSatisfy(
              entry -> {
                assertThat(entry.address()).isEqualTo("127.0.0.1");
                assertThat(entry.target()).isEqualTo("longshore.v1.Resolver/Resolve");
              });
    } finally {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
