package dev.longshore.resolver.site.hub;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.hub.HubConnections.Answered;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.sites.Admission;
import dev.longshore.sites.JoinRequest;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Report;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/** A site's requests to one hub. All calls block, and end when their thread is interrupted. */
public final class HubClient implements AutoCloseable {
  /** To the head of an answer that the hub need not wait for. */
  private static final Duration HEAD = Duration.ofSeconds(60);

  /** Longest time without a byte: a thin line with others on it pauses for some seconds. */
  public static final Duration STALL = Duration.ofSeconds(30);

  /** What is read of the reason for a refusal. */
  private static final int REASON_BYTES = 300;

  private final URI hub;
  private final SiteName site;
  private final HubConnections connections;
  private final LongConsumer line;

  /**
   * @param hub a {@linkplain HubAddress checked} address
   * @param tls trusted authorities; the Java runtime's if null
   * @param line told of bytes of bodies, sent or received
   */
  public HubClient(URI hub, SiteName site, @Nullable SSLContext tls, LongConsumer line) {
    this(hub, site, tls, new EnvironmentProxies(System.getenv()), line);
  }

  HubClient(
      URI hub, SiteName site, @Nullable SSLContext tls, ProxySelector proxies, LongConsumer line) {
    this.hub = hub;
    this.site = site;
    this.line = line;
    this.connections =
        new HubConnections(hub, (tls == null ? usual() : tls).getSocketFactory(), proxies);
  }

  private static SSLContext usual() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("TLS is missing in this Java", e);
    }
  }

  /**
   * Joins the site, by a token that is good once.
   *
   * @param keys one of these has to vouch for the answer; nobody if null
   */
  public Admission join(String token, JoinRequest request, @Nullable HubKeys keys)
      throws HubException, InterruptedException {
    return admission("join", SitePaths.join(site), token, body(request), keys);
  }

  /**
   * Renews the credential.
   *
   * @param keys one of these has to vouch for the answer, which may bring others
   */
  public Admission renew(String credential, HubKeys keys)
      throws HubException, InterruptedException {
    return admission(
        "renew the credential", SitePaths.credential(site), credential, new byte[0], keys);
  }

  private Admission admission(
      String what, String path, String secret, byte[] body, @Nullable HubKeys keys)
      throws HubException, InterruptedException {
    Answered response = exchange(what, post(path, secret, body), HEAD);
    try (HubAnswer answer = checked(what, response)) {
      byte[] json = answer.readNBytes(EventJson.LIMIT + 1);
      if (keys != null && !isVouchedFor(response, Admission.signed(json, secret), keys)) {
        throw new HubException(
            Kind.WRONG,
            said(
                what,
                "no key that is known here signed the answer; if the hub has a new key, join again"
                    + " with a new line of site add"));
      }
      return SiteJson.read(json, Admission.class);
    } catch (MalformedEventException e) {
      throw new HubException(Kind.WRONG, said(what, String.valueOf(e.getMessage())), e);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw away(what, e);
    }
  }

  /** Whoever ends TLS in between must not bring keys of its own. */
  private static boolean isVouchedFor(Answered response, byte[] bytes, HubKeys keys) {
    return Arrays.stream(response.header(Admission.SIGNATURE).orElse("").split(" "))
        .map(each -> each.split(":", 2))
        .anyMatch(
            each -> each.length == 2 && keys.vouchesFor(bytes, bytes.length, each[0], each[1]));
  }

  /**
   * Asks for changes.
   *
   * @param after the cursor; all there is without one
   * @param wait how long the hub may wait for one
   * @param nonce what its answer is known by
   * @param report what the node says of itself, if it says it now
   * @return the lines, still to be verified; the caller closes it
   */
  public InputStream changes(
      String credential,
      @Nullable String after,
      Duration wait,
      String nonce,
      @Nullable Report report)
      throws HubException, InterruptedException {
    String what = "ask for changes";
    String cursor =
        after == null ? "" : "after=" + URLEncoder.encode(after, StandardCharsets.UTF_8) + "&";
    String path =
        SitePaths.changes(site) + "?" + cursor + "wait=" + wait.toSeconds() + "s&nonce=" + nonce;
    ClassicHttpRequest request =
        post(path, credential, report == null ? new byte[0] : body(report));
    request.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
    Answered response = exchange(what, request, HEAD.plus(wait));
    HubAnswer answer = checked(what, response);
    boolean zipped =
        response.header(HttpHeaders.CONTENT_ENCODING).filter("gzip"::equals).isPresent();
    try {
      return zipped ? new GZIPInputStream(answer) : answer;
    } catch (IOException e) {
      close(answer);
      throw away(what, e);
    }
  }

  private static void close(HubAnswer answer) {
    try {
      answer.close();
    } catch (IOException e) {
      // It is of no use to anybody.
    }
  }

  /** A CAR of the inner nodes of a DAG that none of the others has; the caller closes it. */
  public InputStream nodes(String credential, ImageDag dag, List<ImageDag> have)
      throws HubException, InterruptedException {
    String others = have.stream().map(other -> "have=" + other).collect(Collectors.joining("&"));
    String path = SitePaths.nodes(site, dag) + (others.isEmpty() ? "" : "?" + others);
    String what = "get the inner nodes of " + dag;
    return checked(what, exchange(what, request("GET", path, credential), HEAD));
  }

  /**
   * A CAR of leaves of a DAG, in their order; the caller closes it.
   *
   * @param stall longest time without a byte
   */
  public InputStream leaves(String credential, ImageDag dag, Leaves leaves, Duration stall)
      throws HubException, InterruptedException {
    String what = "get blocks of " + dag;
    ClassicHttpRequest request = post(SitePaths.leaves(site, dag), credential, body(leaves));
    return checked(what, exchange(what, request, HEAD), stall);
  }

  private ClassicHttpRequest request(String method, String path, String secret) {
    ClassicHttpRequest request = new BasicClassicHttpRequest(method, path);
    request.setHeader(HttpHeaders.HOST, hub.getRawAuthority());
    request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + secret);
    return request;
  }

  private ClassicHttpRequest post(String path, String secret, byte[] body) {
    line.accept(body.length);
    ClassicHttpRequest request = request("POST", path, secret);
    request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    request.setHeader(HttpHeaders.CONTENT_LENGTH, body.length);
    return request;
  }

  private static byte[] body(Object value) {
    try {
      return SiteJson.write(value);
    } catch (MalformedEventException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private Answered exchange(String what, ClassicHttpRequest request, Duration within)
      throws HubException, InterruptedException {
    try {
      return connections.send(request, within);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(said(what, "interrupted"));
      }
      throw unanswered(what, e);
    }
  }

  /** Nobody answered, or whoever did has gone. */
  private HubException unanswered(String what, IOException e) {
    return switch (e) {
      case ConnectException _, SSLException _, NoConnectionException _ -> away(what, e);
      default -> new HubException(Kind.CUT, String.valueOf(away(what, e).getMessage()), e);
    };
  }

  private HubAnswer checked(String what, Answered response) throws HubException {
    return checked(what, response, STALL);
  }

  private HubAnswer checked(String what, Answered response, Duration stall) throws HubException {
    HubAnswer answer = new HubAnswer(response.body(), stall, line);
    int status = response.status();
    if (status == 200 || status == 201) {
      return answer;
    }
    Kind kind =
        switch (status) {
          case 401, 403 -> Kind.REFUSED;
          case 404, 410 -> Kind.ABSENT;
          case 408, 502, 504 -> Kind.CUT;
          case 425, 429, 500, 503 -> Kind.AWAY;
          default -> Kind.WRONG;
        };
    throw new HubException(kind, said(what, "HTTP " + status + reason(answer)));
  }

  /** What the hub says of it, as far as it can be shown. */
  private static String reason(HubAnswer answer) {
    try (answer) {
      String text = new String(answer.readNBytes(REASON_BYTES), StandardCharsets.UTF_8);
      String shown = text.replaceAll("\\p{Cntrl}+", " ").strip();
      return shown.isEmpty() ? "" : ": " + shown;
    } catch (IOException e) {
      return "";
    }
  }

  private HubException away(String what, IOException e) {
    return new HubException(Kind.AWAY, said(what, why(e) + "; check the way to it"), e);
  }

  /** The deepest reason that says something: the client's own exceptions often have none. */
  private static String why(IOException e) {
    String why = e.toString();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        why = cause.getMessage();
      }
    }
    return why;
  }

  private String said(String what, String how) {
    return "hub %s: %s: %s".formatted(hub, what, how);
  }

  @Override
  public void close() {
    connections.close();
  }
}
