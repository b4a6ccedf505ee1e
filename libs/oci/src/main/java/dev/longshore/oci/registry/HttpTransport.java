package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.RequestBudget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** Sends single requests. Knows nothing about logins, redirects and retries. */
final class HttpTransport {
  private record Place(RegistryHost registry, Optional<HttpHost> proxy) {}

  private final ClientSettings settings;
  private final Map<Place, Connections> open;
  private final @Nullable RequestBudget budget;

  HttpTransport(ClientSettings settings) {
    this(settings, new ConcurrentHashMap<>(), null);
  }

  private HttpTransport(
      ClientSettings settings, Map<Place, Connections> open, @Nullable RequestBudget budget) {
    this.settings = settings;
    this.open = open;
    this.budget = budget;
  }

  /** The same connections, for requests of the budget alone. */
  HttpTransport within(RequestBudget newBudget) {
    return new HttpTransport(settings, open, newBudget);
  }

  /**
   * Sends a request and reads its small answer whole, within {@link ClientSettings#answer} (sending
   * a body may take longer while it progresses).
   *
   * @param limit most bytes of a successful answer; more is a failure
   */
  SmallAnswer small(RegistryConfig config, HttpCall call, int limit, Attempt attempt)
      throws RegistryException {
    awaitTurn(attempt);
    var sent = new AtomicLong();
    return TimedCall.run(
        settings.answer(),
        sent::get,
        attempt,
        () -> {
          WireAnswer line = send(config, call, sent);
          heed(line.head());
          return line.head().succeeded() ? whole(line, limit, attempt) : failure(line);
        });
  }

  /**
   * Sends a request and leaves the answer's body to the caller; the head must come within the same
   * limit.
   */
  OpenAnswer open(RegistryConfig config, HttpCall call, Attempt attempt) throws RegistryException {
    awaitTurn(attempt);
    return TimedCall.run(
        settings.answer(),
        () -> 0,
        attempt,
        () -> {
          WireAnswer line = send(config, call, new AtomicLong());
          heed(line.head());
          return line.head().succeeded()
              ? line.open(settings.stall())
              : OpenAnswer.failed(failure(line));
        });
  }

  private void awaitTurn(Attempt attempt) throws RegistryException {
    if (budget != null) {
      budget.take(attempt);
    }
  }

  /** One answer is enough for all: the others would only be refused too. */
  private void heed(AnswerHead head) {
    if (budget != null) {
      RequestLimits.pause(head, settings.clock().instant()).ifPresent(budget::pause);
      RequestLimits.quota(head).ifPresent(budget::told);
    }
  }

  private WireAnswer send(RegistryConfig config, HttpCall call, AtomicLong sent)
      throws IOException {
    var place = new Place(config.host(), proxy(call.uri()));
    if (place.proxy().isPresent()) {
      HttpHost target = Connections.host(call.uri());
      new AddressRule(config, settings.names())
          .checkLiteral(target.getHostName(), target.getPort());
    }
    return open.computeIfAbsent(place, p -> connections(config, p)).send(call, sent);
  }

  private Connections connections(RegistryConfig config, Place place) {
    DnsResolver names =
        place.proxy().isPresent()
            ? SystemDefaultDnsResolver.INSTANCE
            : new AddressRule(config, settings.names());
    return new Connections(config, settings, names, place.proxy(), () -> open.remove(place));
  }

  /** The Java runtime's proxy, from its system properties. Sockets handle SOCKS themselves. */
  private static Optional<HttpHost> proxy(URI uri) {
    ProxySelector selector = ProxySelector.getDefault();
    if (selector == null) {
      return Optional.empty();
    }
    return selector.select(uri).stream()
        .limit(1)
        .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
        .map(proxy -> (InetSocketAddress) proxy.address())
        .map(address -> new HttpHost("http", address.getHostString(), address.getPort()))
        .findFirst();
  }

  private static SmallAnswer whole(WireAnswer line, int limit, Attempt attempt) throws IOException {
    boolean announced = line.body() != null && line.head().length().orElse(0) > limit;
    byte[] body = line.upTo(announced ? 0 : limit);
    if (announced || body.length > limit) {
      throw attempt.failed(Kind.LIMIT, "the answer has more than " + limit + " bytes");
    }
    return new SmallAnswer(line.head(), body);
  }

  private static SmallAnswer failure(WireAnswer line) throws IOException {
    byte[] body = line.upTo(Failures.BODY_LIMIT);
    return new SmallAnswer(
        line.head(), Arrays.copyOf(body, Math.min(body.length, Failures.BODY_LIMIT)));
  }
}
