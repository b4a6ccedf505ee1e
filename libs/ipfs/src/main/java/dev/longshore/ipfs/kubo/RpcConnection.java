package dev.longshore.ipfs.kubo;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One TCP or TLS connection whose reads end by a deadline and break off when the thread is
 * interrupted: a channel's blocking calls do, those of a plain socket on a platform thread do not.
 */
final class RpcConnection implements Closeable {
  private final SocketChannel channel;
  private final Socket socket;
  private final RpcTiming timing;

  private RpcConnection(SocketChannel channel, Socket socket, RpcTiming timing) {
    this.channel = channel;
    this.socket = socket;
    this.timing = timing;
  }

  static RpcConnection open(KuboAddress node, RpcTiming timing) throws IOException {
    URI address = node.rpc();
    boolean tls = "https".equalsIgnoreCase(address.getScheme());
    int port = address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80;
    SocketChannel channel = SocketChannel.open();
    try {
      Socket plain = channel.socket();
      plain.connect(new InetSocketAddress(host(address), port), millis(timing.start().remaining()));
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(millis(timing.start().remaining()));
      Socket socket = tls ? secure(node.tls(), plain, host(address), port) : plain;
      return new RpcConnection(channel, socket, timing);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String host(URI address) {
    String host = address.getHost();
    // URI keeps the brackets of IPv6 literals.
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static Socket secure(SSLSocketFactory factory, Socket plain, String host, int port)
      throws IOException {
    SSLSocket secure = (SSLSocket) factory.createSocket(plain, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  InputStream input() throws IOException {
    return new DeadlineInput(socket.getInputStream());
  }

  OutputStream output() throws IOException {
    return socket.getOutputStream();
  }

  /** May be called by another thread, to break off what the first one waits for. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static int millis(Duration time) throws SocketTimeoutException {
    long left = time.toMillis();
    if (left <= 0) {
      throw new SocketTimeoutException("the deadline has passed");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  private final class DeadlineInput extends InputStream {
    private final InputStream in;

    DeadlineInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      socket.setSoTimeout(millis(timing.nextRead()));
      return in.read(into, offset, length);
    }
  }
}
