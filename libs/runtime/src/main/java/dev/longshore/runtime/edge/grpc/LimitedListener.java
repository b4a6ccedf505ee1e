package dev.longshore.runtime.edge.grpc;

import dev.longshore.runtime.edge.access.Shares;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** Closes connections for which there is no place, before one byte of them is read. */
final class LimitedListener extends NioServerSocketChannel {
  private final Shares places;

  LimitedListener(Shares places) {
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
      // It belongs to no event loop yet, so that it cannot be closed as usual.
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
