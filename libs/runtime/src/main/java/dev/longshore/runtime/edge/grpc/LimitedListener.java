package dev.longshore.runtime.edge.grpc;

import dev.longshore.runtime.edge.access.CallerPlaces;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** Closes connections beyond the limit before reading a byte from them. */
final class LimitedListener extends NioServerSocketChannel {
  private final CallerPlaces places;

  LimitedListener(CallerPlaces places) {
    this.places = places;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int before = accepted.size();
    int read = super.doReadMessages(accepted);
    accepted
        .subList(before, accepted.size())
        .removeIf(one -> one instanceof Channel channel && !place(channel));
    return read < 0 ? read : accepted.size() - before;
  }

  private boolean place(Channel connection) {
    String address = address(connection.remoteAddress());
    if (!places.take(address)) {
      // It has no event loop yet, so it cannot be closed the usual way.
      connection.unsafe().closeForcibly();
      return false;
    }
    connection.closeFuture().addListener(_ -> places.giveBack(address));
    return true;
  }

  private static String address(SocketAddress remote) {
    return remote instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : String.valueOf(remote);
  }
}
