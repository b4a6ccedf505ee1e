package dev.longshore.resolver.site.hub;

import static java.nio.charset.CodingErrorAction.REPLACE;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
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
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over one connection to a hub, through a proxy if there is one. Its calls block. Any
 * thread may abort it, and so does an interrupt: a channel's blocking calls end then, those of a
 * plain socket on a platform thread do not.
 */
final class HubConnection implements Closeable {
  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setMaxLineLength(16 * 1024)
          .setMaxHeaderCount(200)
          .setBufferSize(16 * 1024)
          .build();

  private static final int MAX_INTERIM = 10;
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** What is there already is read within. */
  private static final Timeout LOOK = Timeout.ofMilliseconds(1);

  private final SocketChannel channel;
  private @Nullable Http http;
  private boolean stays;
  private volatile boolean expired;

  HubConnection() throws IOException {
    this.channel = SocketChannel.open();
  }

  /**
   * Connects.
   *
   * @param tls for an address of https
   * @throws ConnectException when nobody is there
   */
  void open(URI hub, Proxy proxy, SSLSocketFactory tls, Duration connect) throws IOException {
    boolean secure = "https".equalsIgnoreCase(hub.getScheme());
    int port = hub.getPort() >= 0 ? hub.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
    String host = host(hub);
    Socket plain = channel.socket();
    InetSocketAddress far =
        proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress named
            ? new InetSocketAddress(named.getHostString(), named.getPort())
            : null;
    connect(plain, far == null ? new InetSocketAddress(host, port) : far, connect);
    plain.setTcpNoDelay(true);
    if (far != null) {
      tunnel(plain, new HttpHost(host, port));
    }
    this.http = new Http(secure ? secure(tls, plain, host, port) : plain);
  }

  private static String host(URI address) {
    String host = address.getHost();
    // URI keeps the brackets of IPv6 literals.
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static void connect(Socket socket, InetSocketAddress to, Duration within)
      throws IOException {
    if (to.isUnresolved()) {
      throw new ConnectException("the name " + to.getHostString() + " is not known here");
    }
    try {
      socket.connect(to, (int) within.toMillis());
    } catch (SocketTimeoutException e) {
      ConnectException slow =
          new ConnectException("%s cannot be reached within %s".formatted(to, within));
      slow.initCause(e);
      throw slow;
    }
  }

  private static void tunnel(Socket plain, HttpHost to) throws IOException {
    String authority = to.toHostString();
    ClassicHttpRequest request = new BasicClassicHttpRequest("CONNECT", to, authority);
    request.setHeader(HttpHeaders.HOST, authority);
    Http proxy = new Http(plain);
    proxy.send(request);
    int status = proxy.receive().getCode();
    if (status >= HttpStatus.SC_REDIRECTION) {
      throw new IOException("the proxy answers " + status + " to CONNECT " + authority);
    }
  }

  private static Socket secure(SSLSocketFactory tls, Socket plain, String host, int port)
      throws IOException {
    SSLSocket secure = (SSLSocket) tls.createSocket(plain, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }

  /** Whether a request may be sent: it was not closed, and nothing came that nobody asked for. */
  boolean isUsable() {
    try {
      Http known = connected();
      return !known.isStale() && !known.isDataAvailable(LOOK);
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends a request, with its body. */
  void send(ClassicHttpRequest request) throws IOException {
    connected().send(request);
  }

  /** Reads an answer up to its body. */
  ClassicHttpResponse receive() throws IOException {
    Http known = connected();
    known.timeout(Timeout.DISABLED);
    ClassicHttpResponse answer = known.receive();
    stays = known.isDelimited() && staysOpen(answer);
    return answer;
  }

  private static boolean staysOpen(ClassicHttpResponse answer) {
    return answer.getVersion() != null
        && answer.getVersion().greaterEquals(HttpVersion.HTTP_1_1)
        && !answer.containsHeader(HttpHeaders.UPGRADE)
        && (answer.getFirstHeader(HttpHeaders.CONNECTION) == null
            || "keep-alive"
                .equalsIgnoreCase(answer.getFirstHeader(HttpHeaders.CONNECTION).getValue()));
  }

  /** Whether it can have a further request once the body of the last answer was read. */
  boolean stays() {
    return stays && channel.isOpen();
  }

  private Http connected() throws IOException {
    Http known = http;
    if (known == null) {
      throw new IOException("not connected");
    }
    return known;
  }

  /** Breaks it off: its time is over. */
  void expire() throws IOException {
    expired = true;
    close();
  }

  boolean isExpired() {
    return expired;
  }

  /** May be called by another thread, to break off what the first one waits for. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static final class Http extends DefaultBHttpClientConnection {
    private final Socket socket;

    /** Whether the end of the connection is an end of the answer too. */
    private boolean mayEnd;

    Http(Socket socket) throws IOException {
      super(LIMITS, StandardCharsets.UTF_8.newDecoder().onMalformedInput(REPLACE), null);
      this.socket = socket;
      bind(
          new SocketHolder(socket) {
            @Override
            protected InputStream getInputStream(Socket socket) throws IOException {
              return new Whole(socket.getInputStream());
            }
          });
    }

    void send(ClassicHttpRequest request) throws IOException {
      try {
        sendRequestHeader(request);
        if (request.getEntity() != null) {
          sendRequestEntity(request);
        }
        flush();
      } catch (HttpException e) {
        throw malformed(e);
      }
    }

    ClassicHttpResponse receive() throws IOException {
      mayEnd = false;
      try {
        ClassicHttpResponse answer = receiveResponseHeader();
        for (int i = 0; answer.getCode() < HttpStatus.SC_SUCCESS; i++) {
          if (i == MAX_INTERIM) {
            throw new ProtocolException("over " + MAX_INTERIM + " interim answers");
          }
          answer = receiveResponseHeader();
        }
        receiveResponseEntity(answer);
        mayEnd = answer.getEntity().getContentLength() < 0 && !answer.getEntity().isChunked();
        return answer;
      } catch (HttpException | RuntimeException e) {
        // HttpCore has unchecked exceptions for some status lines.
        throw malformed(e);
      }
    }

    void timeout(Timeout timeout) throws IOException {
      socket.setSoTimeout((int) timeout.toMilliseconds());
    }

    boolean isDelimited() {
      return !mayEnd;
    }

    private static IOException malformed(Exception e) {
      IOException malformed = new ProtocolException(e.getMessage());
      malformed.initCause(e);
      return malformed;
    }

    /**
     * HttpCore would take a head or trailer fields that are cut off for whole. A cut line is no
     * fault of what it brought, so it is no end of file for who reads that.
     */
    private final class Whole extends FilterInputStream {
      Whole(InputStream in) {
        super(in);
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        try {
          int read = in.read(into, offset, length);
          if (read >= 0 || mayEnd) {
            return read;
          }
        } catch (EOFException e) {
          throw new IOException("the answer was cut off", e);
        }
        throw new IOException("the answer was cut off");
      }
    }
  }
}
