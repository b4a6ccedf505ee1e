package dev.longshore.ocicrypt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.Excerpt;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads compact, flattened and general JWEs. Keeps a recipient with an unknown algorithm as text,
 * since another recipient may have a known one.
 */
final class JweReader {
  private static final String WHAT = Scheme.JWE.annotation();

  /** Of the compact form: header, key, iv, ciphertext, tag. */
  private static final int PARTS = 5;

  /** In a header; JOSE has 13 names. */
  private static final int FIELDS = 32;

  private final ObjectNode json;
  private final ObjectNode shared;
  private final List<JweEntry> entries = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private Optional<ContentCipher> cipher = Optional.empty();

  private JweReader(ObjectNode json) throws OcicryptException {
    this.json = json;
    this.shared = JsonNodeFactory.instance.objectNode();
    merge(shared, protectedHeader());
    merge(shared, json.path("unprotected"));
  }

  static Jwe read(byte[] packet) throws OcicryptException {
    int start = 0;
    while (start < packet.length && packet[start] <= ' ') {
      start++;
    }
    boolean compact = start < packet.length && packet[start] == 'e';
    ObjectNode json =
        compact
            ? compact(new String(packet, StandardCharsets.ISO_8859_1).strip())
            : StrictJson.object(packet).orElseThrow(() -> bad("it is no JSON object"));
    return new JweReader(json).jwe();
  }

  /** The compact form as the flattened one. */
  private static ObjectNode compact(String text) throws OcicryptException {
    String[] parts = text.split("\\.", PARTS + 1);
    if (parts.length != PARTS) {
      throw bad("it is neither JSON nor %d parts between dots".formatted(PARTS));
    }
    String[] names = {"protected", "encrypted_key", "iv", "ciphertext", "tag"};
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < PARTS; i++) {
      json.put(names[i], parts[i]);
    }
    return json;
  }

  private Jwe jwe() throws OcicryptException {
    JsonNode recipients = json.path("recipients");
    if (recipients.isMissingNode()) {
      add(json);
    } else if (recipients instanceof ArrayNode array && !array.isEmpty()) {
      // go-jose writes the first key at the top once more; the general form has no such field.
      if (array.size() > Limits.RECIPIENTS) {
        throw OcicryptException.limit(WHAT, "more than " + Limits.RECIPIENTS + " recipients");
      }
      for (JsonNode recipient : array) {
        add(recipient);
      }
    } else {
      throw bad("its recipients are no list of at least one");
    }
    String aad = StrictJson.text(json, "protected").orElse("");
    if (json.has("aad")) {
      aad += "." + StrictJson.text(json, "aad").orElseThrow(() -> bad("its aad is no text"));
    }
    return new Jwe(
        cipher.orElseThrow(),
        entries,
        others,
        aad.getBytes(StandardCharsets.US_ASCII),
        bytes(json, "iv"),
        bytes(json, "ciphertext"),
        bytes(json, "tag"));
  }

  private void add(JsonNode recipient) throws OcicryptException {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.setAll(shared);
    merge(header, recipient.path("header"));
    if (header.has("crit") || header.has("zip")) {
      throw OcicryptException.unsupported(WHAT, "a JWE with crit or zip");
    }
    ContentCipher here =
        StrictJson.text(header, "enc")
            .flatMap(ContentCipher::named)
            .orElseThrow(
                () -> OcicryptException.unsupported(WHAT, "its enc is not in RFC 7518, 5.1"));
    if (cipher.isPresent() && cipher.get() != here) {
      throw bad("its recipients disagree on enc");
    }
    cipher = Optional.of(here);
    String alg = StrictJson.text(header, "alg").orElseThrow(() -> bad("a recipient has no alg"));
    Optional<JweAlgorithm> algorithm = JweAlgorithm.named(alg);
    if (algorithm.isEmpty()) {
      others.add(Excerpt.of(alg) + ", not supported");
    } else {
      add(algorithm.get(), header, recipient);
    }
  }

  private void add(JweAlgorithm algorithm, ObjectNode header, JsonNode recipient)
      throws OcicryptException {
    Optional<ECPublicKey> ephemeral;
    try {
      ephemeral = algorithm.isRsa() ? Optional.empty() : Optional.of(ephemeral(header));
    } catch (OcicryptException e) {
      if (e.kind() != OcicryptException.Kind.UNSUPPORTED) {
        throw e;
      }
      others.add(algorithm.text() + " on a curve that is not supported");
      return;
    }
    entries.add(
        new JweEntry(
            algorithm,
            StrictJson.text(header, "kid"),
            ephemeral,
            optionalBytes(header, "apu"),
            optionalBytes(header, "apv"),
            bytes(recipient, "encrypted_key")));
  }

  private static ECPublicKey ephemeral(ObjectNode header) throws OcicryptException {
    if (!(header.path("epk") instanceof ObjectNode epk)) {
      throw bad("it has no epk, which ECDH-ES needs");
    }
    try {
      return Jwk.ephemeral(WHAT, epk);
    } catch (OcicryptException e) {
      throw e.kind() == OcicryptException.Kind.BAD_KEY ? bad("its epk is no key") : e;
    }
  }

  private ObjectNode protectedHeader() throws OcicryptException {
    if (!json.has("protected")) {
      return JsonNodeFactory.instance.objectNode();
    }
    return StrictJson.text(json, "protected")
        .flatMap(Base64Text::url)
        .flatMap(StrictJson::object)
        .orElseThrow(() -> bad("its protected header is no base64url of a JSON object"));
  }

  /** RFC 7516, section 7.2.1: no name may stand in two headers. */
  private static void merge(ObjectNode into, JsonNode header) throws OcicryptException {
    if (header.isMissingNode()) {
      return;
    }
    if (!(header instanceof ObjectNode object)) {
      throw bad("a header is no JSON object");
    }
    if (object.size() > FIELDS) {
      throw OcicryptException.limit(WHAT, "more than " + FIELDS + " fields in a header");
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (into.putIfAbsent(field.getKey(), field.getValue()) != null) {
        throw bad("a name is in two of its headers");
      }
    }
  }

  private static byte[] optionalBytes(ObjectNode node, String name) throws OcicryptException {
    return node.has(name) ? bytes(node, name) : new byte[0];
  }

  private static byte[] bytes(JsonNode node, String name) throws OcicryptException {
    return StrictJson.text(node, name)
        .flatMap(Base64Text::url)
        .orElseThrow(() -> bad("its " + name + " is missing or no base64url"));
  }

  private static OcicryptException bad(String reason) {
    return OcicryptException.badAnnotation(WHAT, reason);
  }
}
