package dev.longshore.oci.registry;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The connections to one registry and to the hosts that it names. They are not shared with other
 * registries, which may reach other hosts.
 */
final class Connections {
  /** More than the programs ever have open: a limit for leaked ones. */
  private static final int MOST = 256;

  private static final int MOST_TO_ONE_HOST = 128;

  /** Limits of a head; signed addresses and challenges take some kB. */
  private static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(32 * 1024).setMaxHeaderCount(128).build();

  /** Idle time after which a connection is checked before use: its server may be gone. */
  private static final TimeValue FRESH = TimeValue.ofMilliseconds(50);

  private final ClientSettings settings;
  private final PoolingHttpClientConnectionManager pool;
  private final CloseableHttpClient client;
  private final Executor afterIdle;
  private final AtomicBoolean swept = new AtomicBoolean(true);
  private final Runnable unused;

  /**
   * @param names resolves the host to connect to: the proxy if there is one
   * @param unused called when all connections are closed
   */
  Connections(
      RegistryConfig config,
      ClientSettings settings,
      DnsResolver names,
      Optional<HttpHost> proxy,
      Runnable unused) {
    this.settings = settings;
    this.unused = unused;
    this.afterIdle =
        CompletableFuture.delayedExecutor(
            settings.idle().toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);
    Timeout wait = timeout(longer(settings.answer(), settings.stall()));
    this.pool =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setConnectionFactory(socket -> connection(socket))
            .setDnsResolver(names)
            .setTlsSocketStrategy(tls(config))
            .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(wait).build())
            .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(wait).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(timeout(settings.connect()))
                    .setSocketTimeout(wait)
                    .setValidateAfterInactivity(FRESH)
                    .build())
            .setMaxConnTotal(MOST)
            .setMaxConnPerRoute(MOST_TO_ONE_HOST)
            .setOffLockDisposalEnabled(true)
            .build();
    this.client =
        HttpClients.custom()
            .setConnectionManager(pool)
            .setRoutePlanner((target, context) -> route(target, proxy))
            .setKeepAliveStrategy(kept(settings.idle()))
            .setUserAgent(settings.userAgent())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(timeout(settings.connect()))
                    .setResponseTimeout(wait)
                    .setAuthenticationEnabled(false)
                    .setExpectContinueEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .build())
            // These are our own tasks, or unwanted.
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableContentCompression()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableConnectionState()
            .build();
  }

  private static QuietConnection connection(Socket socket) throws IOException {
    var connection = new QuietConnection(LIMITS);
    if (socket != null) {
      connection.bind(socket);
    }
    return connection;
  }

  private static HttpRoute route(HttpHost target, Optional<HttpHost> proxy) {
    boolean secure = target.getSchemeName().equals("https");
    return proxy.isPresent()
        ? new HttpRoute(target, null, proxy.get(), secure)
        : new HttpRoute(target, null, secure);
  }

  /** The Java runtime checks certificates against the name in the address. */
  private static TlsSocketStrategy tls(RegistryConfig config) {
    return (socket, target, port, attachment, context) -> {
      // Never show our certificate to other hosts.
      boolean home = config.isHome(WebOrigin.ofTls(target, port));
      SSLContext own = home ? config.trust().context().orElse(null) : null;
      return new DefaultClientTlsStrategy(own != null ? own : SSLContexts.createSystemDefault())
          .upgrade(socket, target, port, attachment, context);
    };
  }

  /** As long as the server allows, but not longer than our own limit. */
  private static ConnectionKeepAliveStrategy kept(Duration idle) {
    TimeValue most = TimeValue.ofMilliseconds(idle.toMillis());
    return (answer, context) -> {
      TimeValue said =
          DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(answer, context);
      return said.compareTo(most) < 0 ? said : most;
    };
  }

  /** Sends a request and reads the answer's head. */
  WireAnswer send(HttpCall call, AtomicLong sent) throws IOException {
    var request = new HttpUriRequestBase(call.method(), call.uri());
    // Compression in transit would change the bytes that the digest covers.
    request.setHeader("Accept-Encoding", "identity");
    call.headers().forEach(request::setHeader);
    call.body().ifPresent(upload -> request.setEntity(new UploadEntity(upload, sent)));
    try {
      ClassicHttpResponse answer = client.executeOpen(host(call.uri()), request, null);
      return new WireAnswer(head(answer), answer.getEntity(), request::cancel);
    } finally {
      // Now a connection is open, or is known not to be.
      sweepLater();
    }
  }

  static HttpHost host(URI uri) {
    WebOrigin origin = WebOrigin.of(uri);
    return new HttpHost(origin.scheme(), origin.bareHost(), origin.port());
  }

  private static AnswerHead head(ClassicHttpResponse answer) {
    Map<String, List<String>> headers = new HashMap<>();
    for (Header header : answer.getHeaders()) {
      headers
          .computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(header.getValue() == null ? "" : header.getValue());
    }
    return new AnswerHead(answer.getCode(), headers);
  }

  /** Unused connections are closed in time, without a waiting thread. */
  private void sweepLater() {
    if (swept.compareAndSet(true, false)) {
      afterIdle.execute(this::sweep);
    }
  }

  private void sweep() {
    swept.set(true);
    pool.closeIdle(TimeValue.ofMilliseconds(settings.idle().toMillis()));
    PoolStats open = pool.getTotalStats();
    if (open.getLeased() + open.getAvailable() + open.getPending() > 0) {
      sweepLater();
    } else {
      unused.run();
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Timeout timeout(Duration duration) {
    return Timeout.ofMilliseconds(duration.toMillis());
  }
}
