package dev.longshore.ipfs.kubo;

import static java.nio.charset.CodingErrorAction.REPLACE;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over one TCP or TLS connection. Reads end by a deadline and when the thread is
 * interrupted: a channel's blocking calls do, those of a plain socket on a platform thread do not.
 */
final class RpcConnection implements Closeable {
  /** Kubo's longest lines are some hundred bytes. */
  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setMaxLineLength(16 * 1024)
          .setMaxHeaderCount(200)
          .setBufferSize(16 * 1024)
          .build();

  private static final int MAX_INTERIM = 10;

  private final SocketChannel channel;
  private final Socket socket;
  private final RpcTiming timing;
  private final Http http;

  private @Nullable ClassicHttpResponse early;

  /** Whether the answer is a success, whose body may take long; an error's text may not. */
  private boolean succeeds;

  /** Whether the end of the connection may end the answer. */
  private boolean mayEnd;

  private RpcConnection(SocketChannel channel, Socket socket, RpcTiming timing) throws IOException {
    this.channel = channel;
    this.socket = socket;
    this.timing = timing;
    this.http = new Http();
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

  /** Sends the head of a request. */
  void send(ClassicHttpRequest request) throws IOException {
    try {
      http.sendRequestHeader(request);
      http.flush();
    } catch (HttpException e) {
      throw malformed(e);
    }
  }

  /** Takes the body of the request. */
  OutputStream output() throws IOException {
    return socket.getOutputStream();
  }

  /** Whether the node sent 100 Continue; otherwise it has sent its final answer. */
  boolean isAsked() throws IOException {
    try {
      ClassicHttpResponse answer = http.receiveResponseHeader();
      early = answer.getCode() == HttpStatus.SC_CONTINUE ? null : answer;
      return early == null;
    } catch (HttpException | RuntimeException e) {
      throw malformed(e);
    }
  }

  /** Reads the answer up to its body. */
  ClassicHttpResponse receive() throws IOException {
    try {
      ClassicHttpResponse answer = early == null ? http.receiveResponseHeader() : early;
      for (int i = 0; answer.getCode() < HttpStatus.SC_SUCCESS; i++) {
        if (i == MAX_INTERIM) {
          throw new ProtocolException("over " + MAX_INTERIM + " interim answers");
        }
        answer = http.receiveResponseHeader();
      }
      http.receiveResponseEntity(answer);
      succeeds = answer.getCode() == HttpStatus.SC_OK;
      mayEnd = answer.getEntity().getContentLength() < 0 && !answer.getEntity().isChunked();
      return answer;
    } catch (HttpException | RuntimeException e) {
      // HttpCore has unchecked exceptions for some status lines.
      throw malformed(e);
    }
  }

  private static IOException malformed(Exception e) {
    IOException malformed = new ProtocolException(e.getMessage());
    malformed.initCause(e);
    return malformed;
  }

  /** Another thread may call it to abort a blocked read or write. */
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

  private final class Http extends DefaultBHttpClientConnection {
    Http() throws IOException {
      // Errors contain file names.
      super(LIMITS, StandardCharsets.UTF_8.newDecoder().onMalformedInput(REPLACE), null);
      bind(
          new SocketHolder(socket) {
            @Override
            protected InputStream getInputStream(Socket socket) throws IOException {
              return new DeadlineInput(socket.getInputStream());
            }
          });
    }
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
      socket.setSoTimeout(millis(succeeds ? timing.nextOfBody() : timing.nextOfHead()));
      int read = in.read(into, offset, length);
      if (read < 0 && !mayEnd) {
        // HttpCore would accept a truncated head or trailer as complete.
        throw new EOFException("the answer was cut off");
      }
      return read;
    }
  }
}
