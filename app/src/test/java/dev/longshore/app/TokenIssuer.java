package dev.longshore.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An OAuth token endpoint on loopback that knows one secret, and the file with its keys. */
final class TokenIssuer implements AutoCloseable {
  static final String NAME = "https://issuer.test";
  static final String AUDIENCE = "kafka";
  private static final String KEY_ID = "test";
  private static final Base64.Encoder URL64 = Base64.getUrlEncoder().withoutPadding();
  private static final JsonMapper MAPPER = new JsonMapper();

  private final KeyPair keys;
  private final String secret;
  private final Path keyFile;
  private final HttpServer server;
  private final List<String> issued = new CopyOnWriteArrayList<>();

  /** Whoever shows the secret gets a token in the name of the client id. */
  TokenIssuer(Path folder, String secret) throws IOException, GeneralSecurityException {
    this.secret = secret;
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    this.keys = generator.generateKeyPair();
    this.keyFile = Files.writeString(folder.resolve("keys.json"), published());
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
  }

  /** Where brokers read the keys. */
  String keysUrl() {
    return keyFile.toUri().toString();
  }

  /** Tokens given out, which are secrets. */
  List<String> issued() {
    return issued;
  }

  private String published() {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    ObjectNode set = MAPPER.createObjectNode();
    set.putArray("keys")
        .addObject()
        .put("kty", "RSA")
        .put("kid", KEY_ID)
        .put("alg", "RS256")
        .put("use", "sig")
        .put("n", number(key.getModulus()))
        .put("e", number(key.getPublicExponent()));
    return set.toString();
  }

  private static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return URL64.encodeToString(java.util.Arrays.copyOfRange(bytes, sign, bytes.length));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      String[] parts =
          new String(Base64.getDecoder().decode(login.substring("Basic ".length())), UTF_8)
              .split(":", 2);
      boolean known = parts[1].equals(secret);
      ObjectNode answer = MAPPER.createObjectNode();
      if (known) {
        answer.put("token_type", "Bearer").put("access_token", token(parts[0]));
      } else {
        answer.put("error", "invalid_client").put("error_description", "not known here");
      }
      byte[] body = MAPPER.writeValueAsBytes(answer);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(known ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
    } catch (GeneralSecurityException e) {
      throw new IOException("the token cannot be signed", e);
    }
  }

  private String token(String user) throws IOException, GeneralSecurityException {
    ObjectNode header = MAPPER.createObjectNode().put("alg", "RS256").put("kid", KEY_ID);
    long now = Instant.now().getEpochSecond();
    ObjectNode claims =
        MAPPER
            .createObjectNode()
            .put("iss", NAME)
            .put("sub", user)
            .put("aud", AUDIENCE)
            .put("iat", now)
            .put("exp", now + 300);
    String signed = part(header) + "." + part(claims);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(signed.getBytes(UTF_8));
    String token = signed + "." + URL64.encodeToString(signature.sign());
    issued.add(token);
    return token;
  }

  private static String part(ObjectNode json) throws IOException {
    return URL64.encodeToString(MAPPER.writeValueAsBytes(json));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
