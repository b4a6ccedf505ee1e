package dev.longshore.resolver.site.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * A site's connections to one hub. A connection is reused once its answer was read to the end, for
 * as long as proxies in between keep it open.
 */
final class HubConnections implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(20);

  /** To connect, with a proxy and TLS; no byte may come until then. */
  private static final Duration OPENS = Duration.ofSeconds(60);

  /** Proxies and hubs let go of what rests for a minute. */
  private static final Duration RESTS = Duration.ofSeconds(30);

  private final URI hub;
  private final SSLSocketFactory tls;
  private final ProxySelector proxies;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Resting> resting = new ArrayDeque<>();
  private final Set<HubConnection> all = new HashSet<>();
  private boolean closed;

  private record Resting(HubConnection connection, long since) {}

  HubConnections(URI hub, SSLSocketFactory tls, ProxySelector proxies) {
    this.hub = hub;
    this.tls = tls;
    this.proxies = proxies;
  }

  /**
   * The head of an answer.
   *
   * @param body to be closed; it ends the connection unless it was read to its end
   */
  record Answered(ClassicHttpResponse head, InputStream body) {
    int status() {
      return head.getCode();
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(head.getFirstHeader(name)).map(Header::getValue);
    }
  }

  /**
   * Sends a request, and waits for the head of its answer.
   *
   * @param within in so much time, connecting included
   */
  Answered send(ClassicHttpRequest request, Duration within) throws IOException {
    HubConnection known = usable();
    HubConnection connection = known == null ? register(new HubConnection()) : known;
    long begun = System.nanoTime();
    try {
      if (known == null) {
        Duration opens = within.compareTo(OPENS) < 0 ? within : OPENS;
        watched(connection, opens, () -> open(connection, opens));
      }
      Duration left = within.minusNanos(System.nanoTime() - begun);
      ClassicHttpResponse[] head = new ClassicHttpResponse[1];
      watched(
          connection,
          left,
          () -> {
            connection.send(request);
            head[0] = connection.receive();
          });
      return new Answered(head[0], body(head[0], connection));
    } catch (NoConnectionException e) {
      end(connection);
      throw e;
    } catch (IOException e) {
      end(connection);
      throw connection.isExpired() ? unanswered(within, e) : e;
    } catch (RuntimeException e) {
      end(connection);
      throw e;
    }
  }

  /** What is done with a connection. */
  @FunctionalInterface
  private interface Use {
    void run() throws IOException;
  }

  private static void watched(HubConnection connection, Duration within, Use use)
      throws IOException {
    Thread watch = Thread.ofVirtual().name("hub-head-watch").start(() -> watch(connection, within));
    try {
      use.run();
    } finally {
      watch.interrupt();
    }
  }

  private void open(HubConnection connection, Duration within) throws IOException {
    try {
      connection.open(hub, proxy(), tls, CONNECT);
    } catch (ConnectException | SSLException e) {
      throw connection.isExpired() ? unopened(within, e) : e;
    } catch (IOException e) {
      throw connection.isExpired()
          ? unopened(within, e)
          : new NoConnectionException(String.valueOf(e.getMessage()), e);
    }
  }

  private static NoConnectionException unopened(Duration within, IOException e) {
    return new NoConnectionException("no connection within " + within, e);
  }

  private static SocketTimeoutException unanswered(Duration within, IOException e) {
    SocketTimeoutException unanswered = new SocketTimeoutException("no answer within " + within);
    unanswered.initCause(e);
    return unanswered;
  }

  private static void watch(HubConnection connection, Duration within) {
    try {
      Thread.sleep(within);
      connection.expire();
    } catch (InterruptedException e) {
      // It answered, or failed.
    } catch (IOException e) {
      // It is closed anyway.
    }
  }

  private Proxy proxy() {
    return proxies.select(hub).stream()
        .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
        .findFirst()
        .orElse(Proxy.NO_PROXY);
  }

  private @Nullable HubConnection usable() throws IOException {
    while (true) {
      Resting next;
      lock.lock();
      try {
        next = resting.poll();
      } finally {
        lock.unlock();
      }
      if (next == null) {
        return null;
      }
      if (System.nanoTime() - next.since() < RESTS.toNanos() && next.connection().isUsable()) {
        return next.connection();
      }
      end(next.connection());
    }
  }

  private HubConnection register(HubConnection connection) throws IOException {
    lock.lock();
    try {
      if (!closed) {
        all.add(connection);
        return connection;
      }
    } finally {
      lock.unlock();
    }
    connection.close();
    throw new SocketException("this site stops");
  }

  private void end(HubConnection connection) throws IOException {
    lock.lock();
    try {
      all.remove(connection);
    } finally {
      lock.unlock();
    }
    connection.close();
  }

  private InputStream body(ClassicHttpResponse head, HubConnection connection) throws IOException {
    boolean empty =
        head.getCode() == HttpStatus.SC_NO_CONTENT || head.getCode() == HttpStatus.SC_NOT_MODIFIED;
    if (empty) {
      end(connection);
      return InputStream.nullInputStream();
    }
    return new Body(head.getEntity().getContent(), connection);
  }

  private void rest(HubConnection connection) throws IOException {
    lock.lock();
    try {
      letGoOfTheOldest();
      if (!closed && connection.stays()) {
        resting.push(new Resting(connection, System.nanoTime()));
        return;
      }
    } finally {
      lock.unlock();
    }
    end(connection);
  }

  /** Those that many requests at once left, and that nobody needed since. */
  private void letGoOfTheOldest() throws IOException {
    Resting oldest = resting.peekLast();
    while (oldest != null && System.nanoTime() - oldest.since() >= RESTS.toNanos()) {
      resting.removeLast();
      all.remove(oldest.connection());
      oldest.connection().close();
      oldest = resting.peekLast();
    }
  }

  private enum State {
    OPEN,
    /** To its end. */
    READ,
    CLOSED
  }

  private final class Body extends FilterInputStream {
    private final HubConnection connection;

    /** Whoever reads it and whoever closes it may be two, and the next may have the connection. */
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    private Body(InputStream in, HubConnection connection) {
      super(in);
      this.connection = connection;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (state.get() == State.CLOSED) {
        throw new IOException("the answer is closed");
      }
      if (state.get() == State.READ) {
        return -1;
      }
      int read = in.read(into, offset, length);
      if (read < 0 && state.compareAndSet(State.OPEN, State.READ)) {
        rest(connection);
      }
      return read;
    }

    /** Also while another thread reads, which then fails. */
    @Override
    public void close() throws IOException {
      if (state.compareAndSet(State.OPEN, State.CLOSED)) {
        end(connection);
      }
    }
  }

  @Override
  public void close() {
    List<HubConnection> open;
    lock.lock();
    try {
      closed = true;
      open = List.copyOf(all);
      all.clear();
      resting.clear();
    } finally {
      lock.unlock();
    }
    for (HubConnection connection : open) {
      try {
        connection.close();
      } catch (IOException e) {
        // It is of no use to anybody.
      }
    }
  }
}
