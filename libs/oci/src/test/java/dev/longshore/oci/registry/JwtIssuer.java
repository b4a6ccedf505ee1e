package dev.longshore.oci.registry;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;

/** A token server whose tokens the CNCF registry takes: ES256 with the certificate in x5c. */
final class JwtIssuer implements AutoCloseable {
  static final String SERVICE = "longshore test, registry";
  static final String ISSUER = "longshore test";
  private static final Base64.Encoder URL64 = Base64.getUrlEncoder().withoutPadding();
  private static final JsonMapper MAPPER = new JsonMapper();

  private final TestAuthority signer;
  private final String login;
  private final HttpServer server;

  JwtIssuer(TestAuthority signer, RegistryCredentials.Basic user) throws IOException {
    this.signer = signer;
    this.login = Authorizer.basic(user);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::handle);
    server.start();
  }

  String authority() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String realm() {
    return "http://" + authority() + "/token";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean known = login.equals(exchange.getRequestHeaders().getFirst("Authorization"));
      String query = exchange.getRequestURI().getRawQuery();
      byte[] body =
          MAPPER.writeValueAsBytes(MAPPER.createObjectNode().put("token", token(query, known)));
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (GeneralSecurityException e) {
      throw new IOException("the token cannot be signed", e);
    }
  }

  /** Anonymous users get a token that allows nothing. */
  private String token(String query, boolean known) throws IOException, GeneralSecurityException {
    ObjectNode header = MAPPER.createObjectNode().put("typ", "JWT").put("alg", "ES256");
    header
        .putArray("x5c")
        .add(Base64.getEncoder().encodeToString(signer.certificate().getEncoded()));
    long now = Instant.now().getEpochSecond();
    ObjectNode claims =
        MAPPER
            .createObjectNode()
            .put("iss", ISSUER)
            .put("sub", "user")
            .put("aud", SERVICE)
            .put("iat", now)
            .put("nbf", now - 10)
            .put("exp", now + 300)
            .put("jti", "id-" + System.nanoTime());
    ArrayNode access = claims.putArray("access");
    for (String pair : query.split("&", -1)) {
      if (known && pair.startsWith("scope=")) {
        grant(access, URLDecoder.decode(pair.substring(6), StandardCharsets.UTF_8));
      }
    }
    String signed =
        URL64.encodeToString(MAPPER.writeValueAsBytes(header))
            + "."
            + URL64.encodeToString(MAPPER.writeValueAsBytes(claims));
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(signer.key());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + URL64.encodeToString(signature.sign());
  }

  private static void grant(ArrayNode access, String scope) {
    String[] parts = scope.split(":", -1);
    ObjectNode granted = access.addObject().put("type", parts[0]).put("name", parts[1]);
    ArrayNode actions = granted.putArray("actions");
    for (String action : parts[2].split(",", -1)) {
      actions.add(action);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
