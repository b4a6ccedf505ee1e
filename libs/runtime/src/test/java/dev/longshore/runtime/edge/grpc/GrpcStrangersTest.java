package dev.longshore.runtime.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.value.Listen;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unauthenticated callers must not exhaust what others need. */
@Timeout(60)
class GrpcStrangersTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int SHARE = 6;

  /** RFC 9113, 3.4: the client's preface, and a SETTINGS frame that sets nothing. */
  private static final byte[] HELLO =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final int PING = 6;
  private static final byte ACK = 1;

  private final List<Socket> sockets = new ArrayList<>();
  private @Nullable GrpcEdge edge;

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    if (edge != null) {
      edge.stop(Duration.ZERO);
    }
  }

  @Test
  void connectionThatSaysNothingIsClosed() throws Exception {
    start(new GrpcLimits(8, SHORT, LONG, LONG, LONG));

    assertThat(isClosedInTheEnd(connect("127.0.0.1"))).isTrue();
  }

  @Test
  void connectionThatNeverCallsIsClosed() throws Exception {
    start(new GrpcLimits(8, LONG, SHORT, LONG, LONG));
    Socket silent = connect("127.0.0.1");
    silent.getOutputStream().write(HELLO);

    assertThat(isClosedInTheEnd(silent)).isTrue();
  }

  @Test
  void connectionIsClosedWhenItIsOld() throws Exception {
    start(new GrpcLimits(8, LONG, LONG, SHORT, SHORT));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", edge.address().port()).usePlaintext().build();
    try {
      CountDownLatch left = new CountDownLatch(1);
      channel.getState(true);
      channel.notifyWhenStateChanged(ConnectivityState.IDLE, () -> follow(channel, left));

      assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static void follow(ManagedChannel channel, CountDownLatch left) {
    ConnectivityState now = channel.getState(false);
    if (now == ConnectivityState.IDLE) {
      left.countDown();
    } else {
      channel.notifyWhenStateChanged(now, () -> follow(channel, left));
    }
  }

  @Test
  void oneAddressDoesNotTakeAllConnections() throws Exception {
    start(new GrpcLimits(8, LONG, LONG, LONG, LONG));
    for (int i = 0; i < SHARE; i++) {
      assertThat(isServed(connect("127.0.0.2"))).isTrue();
    }
    assertThat(isServed(connect("127.0.0.2"))).isFalse();

    assertThat(isServed(connect("127.0.0.3"))).isTrue();
    assertThat(isServed(connect("127.0.0.4"))).isTrue();
    assertThat(isServed(connect("127.0.0.5"))).as("one more than all").isFalse();
    sockets.getFirst().close();
    boolean again = false;
    while (!again) {
      // Its place is free a moment after it was closed.
      again = isServed(connect("127.0.0.5"));
    }
  }

  private void start(GrpcLimits limits) throws IOException {
    edge =
        new GrpcEdge(
            "test",
            ListenerSettings.open(new Listen("127.0.0.1", 0)),
            Scope.HEALTH,
            () -> ServerServiceDefinition.builder("test.Nothing").build(),
            AuditSink.NONE,
            limits);
    edge.start();
  }

  private Socket connect(String from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.address().port()));
    return socket;
  }

  private static boolean isServed(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write(HELLO);
      return socket.getInputStream().read() >= 0;
    } catch (SocketException reset) {
      return false;
    }
  }

  /** Answers pings meanwhile, as the server asks before it closes whether all has arrived. */
  private static boolean isClosedInTheEnd(Socket socket) throws IOException {
    DataInputStream frames = new DataInputStream(socket.getInputStream());
    try {
      while (true) {
        byte[] head = new byte[9];
        frames.readFully(head);
        byte[] body = new byte[(head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff)];
        frames.readFully(body);
        if (head[3] == PING && head[4] != ACK) {
          head[4] = ACK;
          socket.getOutputStream().write(head);
          socket.getOutputStream().write(body);
        }
      }
    } catch (EOFException | SocketException closed) {
      return true;
    }
  }
}
