package dev.longshore.oci.login;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.registry.RegistryCredentials;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads JSON with credentials, and repeats nothing of it when it is wrong. */
final class SecretJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(ForeignJson.factory())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What may stand in a header of HTTP. */
  private static final Pattern TOKEN = Pattern.compile("[!-~]+");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private SecretJson() {}

  /**
   * The object that the bytes are.
   *
   * @param what they are, for the message
   */
  static JsonNode object(byte[] bytes, String what) throws NoLoginException {
    JsonNode json;
    try {
      json = MAPPER.readTree(text(bytes, what));
    } catch (JsonProcessingException e) {
      throw new NoLoginException(what + " is not JSON");
    }
    if (!json.isObject()) {
      throw new NoLoginException(what + " is not a JSON object");
    }
    return json;
  }

  static String text(byte[] bytes, String what) throws NoLoginException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new NoLoginException(what + " is not UTF-8 text");
    }
  }

  /** The field's text; empty if it is absent, no text, or empty. */
  static Optional<String> text(JsonNode object, String field) {
    JsonNode node = object.path(field);
    return node.isTextual() && !node.textValue().isEmpty()
        ? Optional.of(node.textValue())
        : Optional.empty();
  }

  static RegistryCredentials.Basic basic(String user, String password, String what)
      throws NoLoginException {
    if (user.isEmpty() || user.indexOf(':') >= 0 || CONTROL.matcher(user).find()) {
      throw new NoLoginException(what + " has a user that HTTP cannot send");
    }
    if (password.isEmpty() || CONTROL.matcher(password).find()) {
      throw new NoLoginException(what + " has a password that HTTP cannot send");
    }
    return new RegistryCredentials.Basic(user, password);
  }

  static RegistryCredentials.Token bearer(String token, String what) throws NoLoginException {
    return new RegistryCredentials.Token(token(token, what));
  }

  static String token(String token, String what) throws NoLoginException {
    if (!TOKEN.matcher(token).matches()) {
      throw new NoLoginException(what + " has a token that HTTP cannot send");
    }
    return token;
  }

  /** {@code base64(user:password)}, as in a header of HTTP basic. */
  static RegistryCredentials.Basic pair(String base64, String what) throws NoLoginException {
    byte[] decoded;
    try {
      decoded = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new NoLoginException(what + " has a login that is not base64");
    }
    String pair = text(decoded, what);
    int colon = pair.indexOf(':');
    if (colon < 0) {
      throw new NoLoginException(what + " has a login without a colon");
    }
    // Docker pads with zero bytes.
    String password = pair.substring(colon + 1).replaceAll("\\x00+$", "");
    return basic(pair.substring(0, colon), password, what);
  }
}
