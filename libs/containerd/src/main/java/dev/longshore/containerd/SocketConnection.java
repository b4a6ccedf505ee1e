package dev.longshore.containerd;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** HTTP/2 over a Unix socket, without native code. */
record SocketConnection(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
  /** containerd sends no larger messages; a list of images is one message. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** Pieces of content are of 1 MiB. */
  private static final int WINDOW_BYTES = 1 << 20;

  private static final long STOP_SECONDS = 2;

  static SocketConnection to(Path socket) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("containerd", true), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioDomainSocketChannel::new)
            .eventLoopGroup(loop)
            .usePlaintext()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .flowControlWindow(WINDOW_BYTES)
            .build();
    return new SocketConnection(channel, loop);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    // Daemon threads: no need to wait for them.
    var _ = loop.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}
