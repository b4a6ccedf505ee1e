package dev.longshore.resolver;

import static dev.longshore.resolver.testing.TokensOfTests.hash;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.api.v1.ResolveRequest;
import dev.longshore.api.v1.ResolveResponse;
import dev.longshore.api.v1.ResolverGrpc;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people get from a resolver through a proxy that they logged in at. */
class PersonCallersTest {
  private static final String USER = "X-Forwarded-User";
  private static final String GROUPS = "X-Forwarded-Groups";

  @TempDir Path folder;
  private Edge edge;
  private RunningResolver resolver;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    for (String repository : List.of("team/app", "tools/app")) {
      MirroredImage image = edge.mirror(repository.length());
      edge.states.tag("registry.test/" + repository, "v1", image.digest().toString());
    }
    String tokens =
        """
        tokens:
        - {name: login, sha256: %s, scopes: [speak-for]}
        - {name: alice, person: alice, scopes: [look-up], repositories: [team/*]}
        - {name: pullers, group: pullers, scopes: [pull], repositories: [team/*]}
        - {name: readers, group: readers, scopes: [look-up], repositories: [tools/*]}
        """
            .formatted(hash("pr0xy"));
    resolver = RunningResolver.withTokens(folder, edge, tokens, List.of());
  }

  @AfterEach
  void stop() throws Exception {
    resolver.close();
    edge.close();
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    return resolver.send(
        resolver.request(path).header("Authorization", "Bearer pr0xy").headers(headers).build());
  }

  private void assertAllowed(String path, String... headers) throws Exception {
    assertThat(get(path, headers).statusCode()).as(path).isEqualTo(200);
  }

  private void assertDenied(String path, String... headers) throws Exception {
    assertThat(get(path, headers).statusCode()).as(path).isEqualTo(403);
  }

  @Test
  void aPersonLooksUpWhatItsEntryNamesAlone() throws Exception {
    assertAllowed("/v1/resolve?ref=team/app:v1", USER, "alice");
    assertDenied("/v1/resolve?ref=tools/app:v1", USER, "alice");
    assertDenied("/v2/team/app/manifests/v1", USER, "alice");
    assertDenied("/v1/resolve?ref=team/app:v1", USER, "mallory");
    assertThat(get("/v1/resolve?ref=team/app:v1", USER, "alice").headers().map())
        .containsEntry("cache-control", List.of("private, no-cache"));
  }

  @Test
  void whatOneGroupMayPullAnotherMayNotLookUp() throws Exception {
    String both = "pullers, readers";

    assertAllowed("/v2/team/app/manifests/v1", USER, "bob", GROUPS, both);
    assertDenied("/v2/tools/app/manifests/v1", USER, "bob", GROUPS, both);
    assertAllowed("/v1/resolve?ref=tools/app:v1", USER, "bob", GROUPS, both);
    assertDenied("/v1/resolve?ref=team/app:v1", USER, "bob", GROUPS, both);
    assertThat(new String(get("/v2/_catalog", USER, "bob", GROUPS, both).body(), UTF_8))
        .contains("team/app")
        .doesNotContain("tools/app");
  }

  @Test
  void grpcTakesTheSameAsMetadata() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(resolver.service.grpcAddress().address())
            .usePlaintext()
            .build();
    try {
      assertThat(resolve(channel, "team/app:v1", USER, "alice").getImagesCount()).isEqualTo(1);
      for (String[] refused :
          List.of(
              new String[] {"tools/app:v1", USER, "alice"},
              new String[] {"team/app:v1", USER, "mallory"},
              new String[] {"team/app:v1", USER, "alice", USER, "alice"},
              new String[] {"team/app:v1"})) {
        String[] headers = List.of(refused).subList(1, refused.length).toArray(String[]::new);
        assertThatThrownBy(() -> resolve(channel, refused[0], headers))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
      }
      assertThat(resolver.audited)
          .extracting(entry -> entry.caller() + " " + entry.through() + " " + entry.status())
          .containsExactly(
              "alice login OK",
              "alice login PERMISSION_DENIED",
              "mallory login PERMISSION_DENIED",
              "login null PERMISSION_DENIED",
              "login null PERMISSION_DENIED");
    } finally {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static ResolveResponse resolve(ManagedChannel channel, String name, String... headers) {
    Metadata metadata = new Metadata();
    metadata.put(key("authorization"), "Bearer pr0xy");
    for (int i = 0; i < headers.length; i += 2) {
      metadata.put(key(headers[i]), headers[i + 1]);
    }
    return ResolverGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .resolve(ResolveRequest.newBuilder().setName(name).build());
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
