package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Answer;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.RequestBudget;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Sends requests to registries: logs in when asked, and follows redirects, without credentials once
 * the origin changes. Does not retry; the caller does.
 */
final class RegistryHttp {
  /** Registries redirect once, to their storage. */
  private static final int MAX_REDIRECTS = 5;

  private final HttpTransport transport;
  private final Authorizer authorizer;
  private final ClientSettings settings;

  RegistryHttp(ClientSettings settings) {
    this(settings, new HttpTransport(settings));
  }

  private RegistryHttp(ClientSettings settings, HttpTransport transport) {
    this.settings = settings;
    this.transport = transport;
    this.authorizer = new Authorizer(new TokenServer(transport, settings), settings);
  }

  /** The same, without any cached token. */
  RegistryHttp withoutTokens() {
    return new RegistryHttp(settings, transport);
  }

  /** The same, whose requests, those for tokens too, wait for their turn in the budget. */
  RegistryHttp within(RequestBudget budget) {
    return new RegistryHttp(settings, transport.within(budget));
  }

  ClientSettings settings() {
    return settings;
  }

  /** A success with a body of at most {@code limit} bytes. */
  SmallAnswer small(
      RegistryConfig config, TokenScope scope, HttpCall call, int limit, Attempt attempt)
      throws RegistryException {
    return loggedIn(
        config, scope, call, attempt, hop -> transport.small(config, hop, limit, attempt));
  }

  /** A success whose body the caller reads and closes. */
  OpenAnswer open(RegistryConfig config, TokenScope scope, HttpCall call, Attempt attempt)
      throws RegistryException {
    return loggedIn(config, scope, call, attempt, hop -> transport.open(config, hop, attempt));
  }

  /** Once more if the login is refused, and there is another one by then. */
  private <A extends Answered> A loggedIn(
      RegistryConfig config, TokenScope scope, HttpCall call, Attempt attempt, Sender<A> sender)
      throws RegistryException {
    LoggedIn first = config.loggedIn(attempt);
    try {
      return succeeded(first, attempt, exchange(first, scope, call, attempt, sender));
    } catch (RegistryException e) {
      if (e.kind() != Kind.UNAUTHORIZED) {
        throw e;
      }
      config.login().refused(first.credentials());
      LoggedIn next = config.loggedIn(attempt);
      if (next.credentials().equals(first.credentials())) {
        throw e;
      }
      return succeeded(next, attempt, exchange(next, scope, call, attempt, sender));
    }
  }

  private <A extends Answered> A succeeded(LoggedIn registry, Attempt attempt, A answer)
      throws RegistryException {
    if (answer.head().succeeded()) {
      return answer;
    }
    answer.close();
    throw Failures.of(registry, attempt, answer.small(), settings.clock());
  }

  @FunctionalInterface
  private interface Sender<A> {
    A send(HttpCall call) throws RegistryException;
  }

  private <A extends Answered> A exchange(
      LoggedIn registry, TokenScope scope, HttpCall call, Attempt attempt, Sender<A> sender)
      throws RegistryException {
    Optional<String> login = authorizer.header(registry, scope, attempt);
    A answer = follow(registry.config(), call, login, attempt, sender);
    if (answer.head().status() != 401) {
      return answer;
    }
    answer.close();
    var asked = Challenge.parse(answer.head().all("WWW-Authenticate"));
    String better = authorizer.afterRefusal(registry, scope, login, asked, attempt);
    return follow(registry.config(), call, Optional.of(better), attempt, sender);
  }

  private <A extends Answered> A follow(
      RegistryConfig config,
      HttpCall call,
      Optional<String> login,
      Attempt attempt,
      Sender<A> sender)
      throws RegistryException {
    WebOrigin registry = WebOrigin.of(config.endpoint());
    URI at = call.uri();
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      boolean home = WebOrigin.of(at).equals(registry);
      HttpCall hop = call.at(at);
      A answer =
          sender.send(home && login.isPresent() ? hop.with("Authorization", login.get()) : hop);
      if (!answer.head().redirects()) {
        return home ? checkedHere(answer, attempt) : checkedElsewhere(answer, at, attempt);
      }
      answer.close();
      if (call.body().isPresent()) {
        throw attempt.failed(Kind.UNSUPPORTED, "the registry redirects an upload");
      }
      URI next = target(at, answer.head(), attempt);
      HostRule.checkRedirect(config, at, next, attempt);
      at = next;
    }
    throw attempt.failed(Kind.UNSUPPORTED, "more than " + MAX_REDIRECTS + " redirects");
  }

  /** A page means that something else answers in place of the registry, until that is back. */
  private static <A extends Answered> A checkedHere(A answer, Attempt attempt)
      throws RegistryException {
    if (answer.head().succeeded() && answer.small().isWebPage()) {
      answer.close();
      throw attempt.failed(
          Kind.TRANSIENT, "a web page came instead of an answer: check for a proxy in front of it");
    }
    return answer;
  }

  /** Signed redirects expire: a storage's refusal passes when the registry signs a new one. */
  private static <A extends Answered> A checkedElsewhere(A answer, URI at, Attempt attempt)
      throws RegistryException {
    int status = answer.head().status();
    if (status == 401 || status == 403) {
      answer.close();
      throw attempt.failed(
          Kind.TRANSIENT,
          "the storage at %s refuses".formatted(Redacted.uri(at)),
          new Answer(status, List.of(), Optional.empty()));
    }
    return answer;
  }

  private static URI target(URI at, AnswerHead head, Attempt attempt) throws RegistryException {
    String location =
        head.first("Location")
            .orElseThrow(() -> attempt.failed(Kind.UNSUPPORTED, "a redirect without a location"));
    try {
      return at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw attempt.failed(Kind.UNSUPPORTED, "a redirect to something that is not a URL");
    }
  }
}
