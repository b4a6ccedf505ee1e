package dev.longshore.resolver.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Timestamp;
import dev.longshore.api.v1.CopyStatus;
import dev.longshore.api.v1.Image;
import dev.longshore.api.v1.Mode;
import dev.longshore.api.v1.ResolveRequest;
import dev.longshore.api.v1.ResolveResponse;
import dev.longshore.api.v1.ResolverGrpc;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.States;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.settings.Secret;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookupTest {
  @TempDir Path folder;
  private Edge edge;
  private RunningResolver resolver;
  private MirroredImage image;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    run(null);
    image = edge.mirror(1);
    edge.states.tag(Edge.REPOSITORY, "v1", image.digest().toString());
  }

  private void run(CredentialSettings credentials) throws Exception {
    resolver = new RunningResolver(folder, edge.catalog, edge.own, credentials, false);
    channel =
        NettyChannelBuilder.forAddress(resolver.service.grpcAddress().address())
            .usePlaintext()
            .build();
  }

  private void halt() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    resolver.close();
  }

  @AfterEach
  void stop() throws Exception {
    halt();
    edge.close();
  }

  @Test
  void everythingKnownComesByNameDigestAndCid() throws Exception {
    for (String ref :
        new String[] {
          "registry.test/app:v1",
          "app:v1",
          "registry.test/app@" + image.digest(),
          image.digest().toString(),
          image.dag().toString(),
          "ipfs://" + image.root()
        }) {
      JsonNode known = json(ref);

      JsonNode found = known.get("images").get(0);
      assertThat(found.get("digest").asText()).as(ref).isEqualTo(image.digest().toString());
      assertThat(found.get("names").get(0).get("tag").asText()).isEqualTo("v1");
      assertThat(found.get("names").get(0).get("observedAt").asText())
          .isEqualTo("2026-03-01T10:00:00Z");
      JsonNode conversion = found.get("conversions").get(0);
      assertThat(conversion.get("mode").asText()).isEqualTo("plain");
      assertThat(conversion.get("imageDag").asText()).isEqualTo(image.dag().toString());
      assertThat(conversion.get("root").asText()).isEqualTo(image.root().toString());
      assertThat(conversion.get("platforms").get(0).asText()).isEqualTo("linux/amd64");
      assertThat(conversion.get("bytes").asLong()).isEqualTo(image.image().blobBytes());
      assertThat(conversion.get("listed").asBoolean()).isTrue();
      JsonNode copy = conversion.get("pin").get("copies").get(0);
      assertThat(copy.get("peer").asText()).isEqualTo("far");
      assertThat(copy.get("status").asText()).isEqualTo("verified");
      assertThat(copy.get("site").asText()).isEqualTo("default");
      for (JsonNode when :
          new JsonNode[] {
            conversion.get("convertedAt"),
            conversion.get("pin").get("changedAt"),
            copy.get("changedAt")
          }) {
        assertThat(when.asText()).as(ref).isEqualTo("2026-03-01T10:00:00Z");
      }
    }
  }

  @Test
  void nameSaysWhatItServesWhileANewerDigestIsOnItsWay() throws Exception {
    String next = "sha256:" + "0".repeat(64);
    edge.states.tag(Edge.REPOSITORY, "v1", next, image.digest().toString());

    JsonNode known = json("registry.test/app:v1");

    assertThat(known.get("served").asText()).isEqualTo(image.digest().toString());
    assertThat(known.get("images")).hasSize(2);
    assertThat(known.get("images").get(0).get("digest").asText()).isEqualTo(next);
    assertThat(known.get("images").get(0).get("conversions")).isEmpty();
  }

  @Test
  void partOfAnImageLeadsToTheImage() throws Exception {
    resolver.get("/v2/app/manifests/v1");
    String layer = image.image().blobs().keySet().iterator().next();

    assertThat(json(layer).get("images").get(0).get("digest").asText())
        .isEqualTo(image.digest().toString());
  }

  @Test
  void whatIsUnknownIs404AndNonsenseIs400() throws Exception {
    assertThat(get("registry.test/nothing:v1").statusCode()).isEqualTo(404);
    assertThat(get("sha256:12").statusCode()).isEqualTo(400);
    assertThat(resolver.get("/v1/resolve").statusCode()).isEqualTo(400);
  }

  @Test
  void grpcSaysThatAnImageIsForgottenAndNotWhereItIs() {
    edge.states.forgotten("f1", image.digest());

    ResolveResponse answer =
        ResolverGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .resolve(ResolveRequest.newBuilder().setName("app:v1").build());
    assertThat(answer.getImagesList())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.getForgottenAt().getSeconds()).isEqualTo(States.AT.getEpochSecond());
              assertThat(found.getConversionsList()).isEmpty();
            });
  }

  @Test
  void grpcAnswersTheSame() {
    ResolverGrpc.ResolverBlockingStub stub =
        ResolverGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    for (ResolveRequest request :
        new ResolveRequest[] {
          ResolveRequest.newBuilder().setName("registry.test/app:v1").build(),
          ResolveRequest.newBuilder().setDigest(image.digest().toString()).build(),
          ResolveRequest.newBuilder().setCid(image.root().toString()).build(),
          ResolveRequest.newBuilder().setCid(image.dag().toString()).build(),
        }) {
      ResolveResponse response = stub.resolve(request);

      assertThat(response.getImagesCount()).isEqualTo(1);
      Image found = response.getImages(0);
      assertThat(found.getDigest()).isEqualTo(image.digest().toString());
      assertThat(found.getNames(0).getRepository()).isEqualTo("app");
      assertThat(found.getConversions(0).getMode()).isEqualTo(Mode.MODE_PLAIN);
      assertThat(found.getConversions(0).getRoot()).isEqualTo(image.root().toString());
      assertThat(found.getConversions(0).getPin().getVerified()).isEqualTo(1);
      assertThat(found.getConversions(0).getPin().getCopies(0).getStatus())
          .isEqualTo(CopyStatus.COPY_STATUS_VERIFIED);
      assertThat(found.getConversions(0).getPin().getNamesList())
          .containsExactly("registry.test/app:v1");
      for (Timestamp when :
          new Timestamp[] {
            found.getNames(0).getObservedAt(),
            found.getConversions(0).getConvertedAt(),
            found.getConversions(0).getPin().getChangedAt(),
            found.getConversions(0).getPin().getCopies(0).getChangedAt()
          }) {
        assertThat(when.getSeconds()).isEqualTo(States.AT.getEpochSecond());
      }
    }
  }

  @Test
  void grpcRefusesWhatItCannotAnswer() {
    ResolverGrpc.ResolverBlockingStub stub =
        ResolverGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);

    assertStatus(
        () -> stub.resolve(ResolveRequest.newBuilder().setName("registry.test/x").build()),
        Status.Code.NOT_FOUND);
    assertStatus(
        () -> stub.resolve(ResolveRequest.newBuilder().setDigest("sha256:1").build()),
        Status.Code.INVALID_ARGUMENT);
    assertStatus(
        () -> stub.resolve(ResolveRequest.newBuilder().setCid("x").build()),
        Status.Code.INVALID_ARGUMENT);
    assertStatus(
        () -> stub.resolve(ResolveRequest.getDefaultInstance()), Status.Code.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bearer"})
  void oneCredentialGuardsRegistryLookupsAndGrpc(String scheme) throws Exception {
    halt();
    boolean basic = scheme.equals("basic");
    run(
        basic
            ? new CredentialSettings("edge", new Secret("s3cret"), null)
            : new CredentialSettings(null, null, new Secret("t0ken")));
    String right =
        basic
            ? "Basic " + Base64.getEncoder().encodeToString("edge:s3cret".getBytes(UTF_8))
            : "Bearer t0ken";
    String path = "/v1/resolve?ref=registry.test/app:v1";
    for (String guarded : new String[] {"/v2/", "/v2/app/manifests/v1", path}) {
      HttpResponse<byte[]> refused = resolver.get(guarded);
      assertThat(refused.statusCode()).as(guarded).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
      assertThat(resolver.get(guarded, "Authorization", right + "x").statusCode()).isEqualTo(401);
      assertThat(resolver.get(guarded, "Authorization", right).statusCode()).isEqualTo(200);
    }
    assertThat(new String(resolver.get("/v2/").body(), UTF_8)).contains("\"UNAUTHORIZED\"");

    ResolveRequest request = ResolveRequest.newBuilder().setName("registry.test/app:v1").build();
    ResolverGrpc.ResolverBlockingStub stub =
        ResolverGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    assertStatus(() -> stub.resolve(request), Status.Code.UNAUTHENTICATED);
    assertStatus(() -> with(stub, right + "x").resolve(request), Status.Code.UNAUTHENTICATED);
    assertStatus(() -> with(stub, "nonsense").resolve(request), Status.Code.UNAUTHENTICATED);
    assertThat(with(stub, right).resolve(request).getImagesCount()).isEqualTo(1);
  }

  private static ResolverGrpc.ResolverBlockingStub with(
      ResolverGrpc.ResolverBlockingStub stub, String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static void assertStatus(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  private HttpResponse<byte[]> get(String ref) throws Exception {
    return resolver.get("/v1/resolve?ref=" + URLEncoder.encode(ref, UTF_8));
  }

  private JsonNode json(String ref) throws Exception {
    HttpResponse<byte[]> answer = get(ref);
    assertThat(answer.statusCode()).as(ref).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }
}
