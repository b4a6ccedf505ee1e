package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.Version;
import dev.longshore.events.Proof;
import dev.longshore.runtime.edge.access.Authenticator;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Operation;
import dev.longshore.runtime.edge.rights.Scope;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who looks at the page: {@code /api/me}, {@code /api/login} and {@code /api/logout}. A token is
 * shown once, and then a cookie that no script can read.
 */
final class LoginRoutes {
  private static final int LONGEST = 8 * 1024;

  private final Authenticator authenticator;
  private final Sessions sessions;
  private final SessionCookie cookie;
  private final Sessions.Limits limits;
  private final PageAudit audit;
  private final String files;
  private final Function<Caller, Optional<String>> refusal;

  /**
   * @param files version of the page's files
   * @param refusal why a caller may not look; empty if it may
   */
  LoginRoutes(
      Authenticator authenticator,
      Sessions sessions,
      SessionCookie cookie,
      Sessions.Limits limits,
      PageAudit audit,
      String files,
      Function<Caller, Optional<String>> refusal) {
    this.authenticator = authenticator;
    this.sessions = sessions;
    this.cookie = cookie;
    this.limits = limits;
    this.audit = audit;
    this.files = files;
    this.refusal = refusal;
  }

  List<Route> routes(PageDoor door) {
    return List.of(
        door.view("/api/me", this::me),
        door.change("/api/login", this::login),
        door.change("/api/logout", this::logout));
  }

  private ObjectNode me(Exchange exchange) {
    Caller caller = exchange.visit().caller();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .put("version", Version.NUMBER)
        .put("files", files)
        .put("login", caller.equals(PageAdmission.STRANGER))
        .put("session", cookie.of(exchange::headers).isPresent());
    if (!caller.equals(PageAdmission.STRANGER)) {
      Optional<String> refused = refusal.apply(caller);
      answer
          .put("caller", caller.proof() == Proof.NONE ? null : caller.name())
          .put("refused", refused.orElse(null))
          .put("decides", refused.isEmpty() && caller.rights().include(Scope.DECIDE));
    }
    return answer;
  }

  private JsonNode login(Exchange exchange) throws Exception {
    exchange.visit().isFor(Operation.LOGIN);
    JsonNode body = DecisionRequest.json(exchange.body());
    String token = body.path("token").asText("").strip();
    String name = body.path("name").asText("").strip();
    if (token.isEmpty() || token.length() + name.length() > LONGEST) {
      throw notAccepted();
    }
    String authorization =
        name.isEmpty()
            ? "Bearer " + token
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString((name + ":" + token).getBytes(StandardCharsets.UTF_8));
    Caller caller =
        PageAdmission.caller(authenticator, authorization).orElseThrow(LoginRoutes::notAccepted);
    cookie.of(exchange::headers).ifPresent(sessions::end);
    String id = sessions.begin(caller.name(), authorization);
    audit.tell(exchange, caller, "login", caller.name(), "logged in");
    return withCookie(exchange, cookie.set(id, limits.whole()));
  }

  private JsonNode logout(Exchange exchange) throws Exception {
    exchange.visit().isFor(Operation.LOGIN);
    cookie.of(exchange::headers).ifPresent(sessions::end);
    return withCookie(exchange, cookie.clear());
  }

  /** Answers itself, as the answer has one header more. */
  private static JsonNode withCookie(Exchange exchange, String header) throws Exception {
    Map<String, String> headers = new HashMap<>(PageHeaders.ofJson());
    headers.put("Set-Cookie", header);
    exchange.send(200, headers, "{}".getBytes(StandardCharsets.UTF_8));
    return PageDoor.ANSWERED;
  }

  private static HttpFailure notAccepted() {
    return HttpFailure.notAccepted();
  }
}
