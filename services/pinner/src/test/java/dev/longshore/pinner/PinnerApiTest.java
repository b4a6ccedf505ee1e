package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.api.v1.GetPinRequest;
import dev.longshore.api.v1.ListPinsRequest;
import dev.longshore.api.v1.Pin;
import dev.longshore.api.v1.PinnerGrpc;
import dev.longshore.model.Cid;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.grpc.GrpcEdge;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.value.Listen;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PinnerApiTest {
  private static final ListenerSettings ANY_PORT =
      ListenerSettings.open(Listen.parse("127.0.0.1:0"));
  private final TestSwarm swarm = new TestSwarm(2);
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpEdge http;
  private GrpcEdge grpc;
  private ManagedChannel channel;
  private Cid whole;
  private Cid shortOfOne;

  @BeforeEach
  void listen() throws Exception {
    PinLookup lookup = new PinLookup(swarm.catalog, () -> new Rules(List.of()), false);
    http =
        new HttpEdge(
            vertx,
            EdgeOptions.of("pinner", ANY_PORT),
            new PinRoutes(lookup).routes(),
            OpenTelemetry.noop());
    http.start();
    grpc = new GrpcEdge("pinner", ANY_PORT, Scope.PINS, new PinGrpc(lookup));
    grpc.start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", grpc.address().port()).usePlaintext().build();
    whole = swarm.image(1);
    swarm.pin(whole, 2);
    shortOfOne = swarm.image(2);
    swarm.pin(shortOfOne, 3);
  }

  @AfterEach
  void close() throws Exception {
    channel.shutdownNow();
    grpc.stop(Duration.ofSeconds(1));
    http.stop(Duration.ofSeconds(1));
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void tellsWhereTheCopiesOfAnImageAre() throws Exception {
    HttpResponse<String> answer = get("/v1/pins/" + whole);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains(whole.toString(), "\"verified\"", "\"a\"", "\"b\"");
  }

  @Test
  void tellsUnknownFromMalformed() throws Exception {
    assertThat(
            get("/v1/pins/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
                .statusCode())
        .isEqualTo(404);
    assertThat(get("/v1/pins/nothing").statusCode()).isEqualTo(400);
    assertThat(get("/v1/pins?limit=0").statusCode()).isEqualTo(400);
    assertThat(get("/v1/pins?limit=x").statusCode()).isEqualTo(400);
  }

  @Test
  void listsInPagesAndOnlyTheUnfinishedWhereAsked() throws Exception {
    assertThat(get("/v1/pins").body()).contains(whole.toString(), shortOfOne.toString());
    assertThat(get("/v1/pins?limit=1").body()).contains("\"next\"");
    assertThat(get("/v1/pins?unfinished=true").body())
        .contains(shortOfOne.toString())
        .doesNotContain(whole.toString());
  }

  @Test
  void answersTheSameOverGrpc() {
    PinnerGrpc.PinnerBlockingStub pinner = PinnerGrpc.newBlockingStub(channel);

    Pin pin =
        pinner.getPin(GetPinRequest.newBuilder().setImageDag(whole.toString()).build()).getPins(0);

    assertThat(pin.getVerified()).isEqualTo(2);
    assertThat(pin.getCopiesCount()).isEqualTo(2);
    assertThat(
            pinner
                .listPins(ListPinsRequest.newBuilder().setIncompleteOnly(true).build())
                .getPinsList())
        .extracting(Pin::getImageDag)
        .containsExactly(shortOfOne.toString());
  }

  @Test
  void saysOverGrpcWhatIsWrongWithAQuestion() {
    PinnerGrpc.PinnerBlockingStub pinner = PinnerGrpc.newBlockingStub(channel);

    assertStatus(
        () -> pinner.getPin(GetPinRequest.getDefaultInstance()), Status.Code.INVALID_ARGUMENT);
    assertStatus(
        () -> pinner.getPin(GetPinRequest.newBuilder().setName("localhost/none:v1").build()),
        Status.Code.NOT_FOUND);
    assertStatus(
        () -> pinner.listPins(ListPinsRequest.newBuilder().setPageToken("?").build()),
        Status.Code.INVALID_ARGUMENT);
  }

  private static void assertStatus(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + http.address() + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
