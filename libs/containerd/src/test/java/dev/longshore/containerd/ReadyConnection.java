package dev.longshore.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for a connection to a server that has just been started: until then calls fail at once. */
final class ReadyConnection {
  private static final int SECONDS = 20;

  private ReadyConnection() {}

  static void await(SocketConnection connection) throws InterruptedException {
    ManagedChannel channel = connection.channel();
    channel.resetConnectBackoff();
    for (ConnectivityState state = channel.getState(true);
        state != ConnectivityState.READY;
        state = channel.getState(true)) {
      var changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      assertThat(changed.await(SECONDS, TimeUnit.SECONDS)).as("left %s", state).isTrue();
    }
  }
}
