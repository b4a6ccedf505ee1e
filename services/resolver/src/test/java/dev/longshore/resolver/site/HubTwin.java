package dev.longshore.resolver.site;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.RemovalReason;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.sites.Admission;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.Report;
import dev.longshore.sites.SigningKey;
import dev.longshore.sites.SiteJson;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A hub made from the contract alone, behind real HTTP on loopback, that lies when a test asks it
 * to. Its cursors are the number of changes so far.
 */
final class HubTwin implements AutoCloseable {
  static final SiteName SITE = new SiteName("shop");
  static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

  final InMemoryIpfsNode centre = new InMemorySwarm().node("centre");
  final List<Report> reports = new CopyOnWriteArrayList<>();
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** What is done to the lines of an answer, before each is signed, and to its bytes after. */
  volatile UnaryOperator<End> ends = UnaryOperator.identity();

  volatile UnaryOperator<byte[]> form = UnaryOperator.identity();
  volatile UnaryOperator<byte[]> answers = UnaryOperator.identity();
  volatile UnaryOperator<byte[]> leafCars = UnaryOperator.identity();
  volatile UnaryOperator<byte[]> nodeCars = UnaryOperator.identity();

  /** Leaves come in another order. */
  volatile boolean reversed;

  /** More refers to what its names show than it tells of. */
  volatile boolean leavesReferrersOut;

  /** Answers have a line that a later release knows. */
  volatile boolean laterLine;

  /** As hubs of earlier releases do not. */
  volatile boolean signsNonces = true;

  volatile int status = 200;

  /** The key that signs. */
  volatile KeyPair keys = TwinKeys.newKeys();

  /** The hub's other keys, which sites get. */
  volatile List<KeyPair> otherKeys = List.of();

  /** Whoever ends TLS in between, and brings a key of its own with each admission. */
  volatile @Nullable KeyPair liar;

  /** Tokens that were shown; each is good once if this is not null. */
  volatile @Nullable Set<String> spent;

  /** Of answers to those who renew. */
  volatile int renewals = 200;

  /** Requests for blocks that it takes at once; it refuses more. */
  volatile int mostAtOnce = Integer.MAX_VALUE;

  /** Bytes of an answer with blocks after which the connection is cut. */
  volatile int cutBlocksAfter = Integer.MAX_VALUE;

  /** Bytes of {@link #held}, in any number of answers, after which one waits until released. */
  volatile int holdAfter = Integer.MAX_VALUE;

  /** Answers that wait now. */
  final AtomicInteger holding = new AtomicInteger();

  volatile @Nullable Cid held;
  volatile CountDownLatch released = new CountDownLatch(0);

  /** DAGs whose leaves do not come until they are {@link #released}. */
  volatile Predicate<Cid> waits = _ -> false;

  /** By which the site's nodes know each other. */
  volatile List<String> neighborSecrets = List.of();

  /** W3C trace context of the pushes. */
  volatile @Nullable String traceparent;

  /** Of what its names show. */
  volatile String mode = "plain";

  volatile int segment = 400;
  volatile Instant now = AT;
  volatile Group group = new Group("shops", null, List.of(), "UTC", false);
  volatile Duration longestWait = Duration.ofSeconds(55);

  /** Leaves that went over the line. */
  final AtomicInteger sentLeaves = new AtomicInteger();

  /** How many leaves each request wanted. */
  final List<Integer> wantedLeaves = new CopyOnWriteArrayList<>();

  private final TwinBlocks blocks = new TwinBlocks(this);
  private final HttpServer server;
  private final Map<String, NameChange> current = new LinkedHashMap<>();
  private final List<ChangeLine> log = new ArrayList<>();
  private long pokes;
  private long pokesBefore;
  private long cuts;
  private int waiting;
  private boolean anew;
  private boolean closed;

  HubTwin() throws IOException {
    this(null);
  }

  /** One with TLS. */
  HubTwin(@Nullable SSLContext tls) throws IOException {
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(loopback, 0);
    } else {
      HttpsServer secure = HttpsServer.create(loopback, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = secure;
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI address() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  SigningKey key() {
    return TwinKeys.key(keys);
  }

  Admission admission() {
    return new Admission(
        SITE,
        "shops",
        "secret",
        AT.plus(Duration.ofDays(400)),
        AT,
        Stream.concat(Stream.concat(Stream.of(keys), otherKeys.stream()), Stream.ofNullable(liar))
            .map(TwinKeys::key)
            .toList(),
        neighborSecrets);
  }

  /** Writes an image to the centre's node. */
  MirroredImage image(long seed) throws IOException {
    return MirroredImage.write(RandomImage.of(seed), centre);
  }

  /** The tag shows the image from now on. */
  NameChange push(String repository, String tag, MirroredImage image) {
    return push(repository, tag, image, Keep.EVERY_NODE, 0, null);
  }

  NameChange push(
      String repository, String tag, MirroredImage image, Keep keep, int priority, Long maxAge) {
    return push(repository, tag, image.digest(), image, keep, priority, maxAge);
  }

  /** The tag shows the image from now on, which was made of that source. */
  synchronized NameChange push(
      String repository,
      String tag,
      Digest source,
      MirroredImage image,
      Keep keep,
      int priority,
      Long maxAge) {
    now = now.plusSeconds(1);
    return put(
        changes()
            .shows(RepositoryName.canonical(repository), new Tag(tag), source, image)
            .of(keep, priority, maxAge));
  }

  /** What the name shows can be had in another mode, too. */
  synchronized NameChange offer(NameChange change, String mode, MirroredImage image) {
    return put(changes().offers(change, mode, image));
  }

  /** These follow what the name shows from now on, each with what it refers to. */
  synchronized NameChange follow(NameChange change, Map<MirroredImage, Digest> referrers) {
    now = now.plusSeconds(1);
    return put(changes().follows(change, referrers, leavesReferrersOut));
  }

  /** A digest without a tag is forgotten. */
  synchronized void forget(RepositoryName name, Digest digest, @Nullable Digest subject) {
    now = now.plusSeconds(1);
    log.add(ChangeLine.of(changes().forgets(name, digest, subject)));
    notifyAll();
  }

  /** The name shows nothing from now on. */
  synchronized void remove(NameChange change, RemovalReason reason) {
    now = now.plusSeconds(1);
    var _ = put(changes().removes(change, reason));
  }

  private TwinChanges changes() {
    return new TwinChanges(mode, traceparent, now);
  }

  private NameChange put(NameChange change) {
    current.put(change.served().key(), change);
    log.add(ChangeLine.of(change));
    notifyAll();
    return change;
  }

  /** The name is the site's no more. */
  synchronized void drop(NameChange change) {
    String key = change.served().key();
    current.remove(key);
    log.add(ChangeLine.ofDropped(key));
    notifyAll();
  }

  /** It vanishes without a word: only a snapshot shows that. */
  synchronized void vanish(NameChange change) {
    current.remove(change.served().key());
  }

  /** The next request gets everything, whatever its cursor. */
  synchronized void startAnew() {
    anew = true;
    notifyAll();
  }

  /** Whoever waits gets an answer. */
  synchronized void poke() {
    pokes++;
    notifyAll();
  }

  /** Cuts the connections of those who wait, as a proxy does. */
  synchronized void cutWaits() {
    cuts++;
    notifyAll();
  }

  /** How many wait for a change. */
  synchronized int waiting() {
    return waiting;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      if (status != 200) {
        exchange.sendResponseHeaders(status, -1);
      } else if (path.endsWith("/credential") && renewals != 200) {
        exchange.sendResponseHeaders(renewals, -1);
      } else if (path.endsWith("/join") && isSpent(exchange)) {
        exchange.sendResponseHeaders(401, -1);
      } else if (path.endsWith("/join") || path.endsWith("/credential")) {
        admit(exchange);
      } else if (path.endsWith("/changes")) {
        changes(exchange, body);
      } else {
        blocks.handle(exchange, path, body);
      }
    } catch (MalformedEventException | GeneralSecurityException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isSpent(HttpExchange exchange) {
    Set<String> tokens = spent;
    return tokens != null && !tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private void admit(HttpExchange exchange)
      throws IOException, MalformedEventException, GeneralSecurityException {
    KeyPair by = liar == null ? keys : liar;
    byte[] body = SiteJson.write(admission());
    String shown = exchange.getRequestHeaders().getFirst("Authorization").substring(7);
    String signature = TwinKeys.signature(Admission.signed(body, shown), by);
    exchange.getResponseHeaders().set(Admission.SIGNATURE, TwinKeys.key(by).id() + ":" + signature);
    send(exchange, body);
  }

  static void send(HttpExchange exchange, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  LeafOrder order(Cid dag) throws IOException {
    return blocks.order(dag);
  }

  private void changes(HttpExchange exchange, byte[] body)
      throws IOException, MalformedEventException, GeneralSecurityException, InterruptedException {
    if (body.length > 0) {
      reports.add(SiteJson.read(body, Report.class));
    }
    Map<String, String> query =
        Stream.of(exchange.getRequestURI().getQuery().split("&", -1))
            .map(pair -> pair.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    String wait = query.get("wait");
    Duration asked = Duration.ofSeconds(Long.parseLong(wait.substring(0, wait.length() - 1)));
    byte[] answer = answer(query.get("after"), asked, signsNonces ? query.get("nonce") : null);
    send(exchange, answers.apply(answer));
  }

  private synchronized byte[] answer(String after, Duration wait, String nonce)
      throws IOException, MalformedEventException, GeneralSecurityException, InterruptedException {
    // A poke since the last request is for this one.
    long before = pokesBefore;
    pokesBefore = pokes;
    long cutsBefore = cuts;
    waiting++;
    long end = System.nanoTime() + Math.min(wait.toNanos(), longestWait.toNanos());
    while (after != null
        && after.equals("c" + log.size())
        && pokes == before
        && cuts == cutsBefore
        && !closed
        && !anew
        && System.nanoTime() < end) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    waiting--;
    if (cuts != cutsBefore) {
      throw new IOException("cut");
    }
    boolean snapshot = after == null || anew;
    anew = false;
    List<ChangeLine> lines = new ArrayList<>();
    if (snapshot) {
      current.values().forEach(change -> lines.add(ChangeLine.of(change)));
    } else {
      lines.addAll(log.subList(Integer.parseInt(after.substring(1)), log.size()));
    }
    return new TwinAnswer(this, snapshot, after, nonce, "c" + log.size()).of(lines);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    server.stop(0);
  }
}
