package dev.longshore.oci.login;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.longshore.model.Excerpt;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What containerd's {@code certs.d/HOST/hosts.toml} says of one registry, as far as it is about
 * credentials and trust.
 *
 * @param credentials from its header {@code Authorization}
 * @param ca PEM file of authorities
 * @param certificate PEM file of the certificate to show
 * @param key PEM file of its key; the certificate's file if that holds both
 */
public record HostsToml(
    Optional<RegistryCredentials> credentials,
    Optional<Path> ca,
    Optional<Path> certificate,
    Optional<Path> key) {
  private static final TomlMapper MAPPER = new TomlMapper();

  /**
   * Reads the part that is about the registry at an address: its {@code [host."..."]}, or else what
   * stands above all of those, which is about {@code server}.
   *
   * @param folder of the file, where its relative paths begin
   * @throws NoLoginException when that is nothing, or asks for what Longshore does not do
   */
  public static HostsToml of(byte[] file, RegistryHost host, URI endpoint, Path folder)
      throws NoLoginException {
    JsonNode toml;
    try {
      toml = MAPPER.readTree(SecretJson.text(file, "the file"));
    } catch (JsonProcessingException e) {
      throw new NoLoginException("the file is not TOML");
    }
    JsonNode entry = entry(toml, host, endpoint);
    if (entry.path("skip_verify").asBoolean(false)) {
      throw new NoLoginException(
          "skip_verify would show the login to anyone in between: name its authority as ca"
              + " instead");
    }
    Optional<JsonNode> client = client(entry.path("client"));
    Optional<Path> certificate =
        client.isEmpty() ? Optional.empty() : path(part(client, 0), folder);
    Optional<Path> key = client.isEmpty() ? Optional.empty() : path(part(client, 1), folder);
    var read =
        new HostsToml(
            authorization(entry.path("header")),
            path(single(entry.path("ca"), "ca"), folder),
            certificate,
            key.or(() -> certificate));
    if (read.equals(NOTHING)) {
      throw new NoLoginException(
          "it has neither a header Authorization nor ca or client for " + endpoint.getAuthority());
    }
    return read;
  }

  private static final HostsToml NOTHING =
      new HostsToml(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static JsonNode entry(JsonNode toml, RegistryHost host, URI endpoint)
      throws NoLoginException {
    Optional<JsonNode> own =
        toml.path("host")
            .propertyStream()
            .filter(named -> isAt(named.getKey(), endpoint))
            .map(Map.Entry::getValue)
            .findFirst();
    if (own.isPresent()) {
      return own.get();
    }
    Optional<String> server = SecretJson.text(toml, "server");
    if (server.isEmpty() || isAt(server.get(), endpoint) || HostNames.names(server.get(), host)) {
      return toml;
    }
    throw new NoLoginException(
        "it is about %s, and has no [host.\"%s\"]".formatted(Excerpt.of(server.get()), endpoint));
  }

  /** The same host and port; without a scheme it is https. */
  private static boolean isAt(String address, URI endpoint) {
    String full = address.contains("://") ? address : "https://" + address;
    try {
      URI uri = URI.create(full);
      return uri.getHost() != null
          && uri.getHost().equalsIgnoreCase(endpoint.getHost())
          && port(uri) == port(endpoint);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int port(URI uri) {
    boolean plain = "http".equals(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT));
    return uri.getPort() >= 0 ? uri.getPort() : plain ? 80 : 443;
  }

  /** A file with both, or the pair of a certificate and its key. */
  private static Optional<JsonNode> client(JsonNode client) throws NoLoginException {
    if (client.isMissingNode()) {
      return Optional.empty();
    }
    JsonNode first = client.isArray() ? client.path(0) : client;
    if (client.size() > 1 || (!first.isTextual() && !first.isArray()) || first.size() > 2) {
      throw new NoLoginException(
          "client: one certificate can be shown (expected: \"FILE\" or [[\"CERTIFICATE\","
              + " \"KEY\"]])");
    }
    return Optional.of(first);
  }

  private static @Nullable String part(Optional<JsonNode> client, int index) {
    JsonNode pair = client.orElseThrow();
    String text = pair.isArray() ? pair.path(index).asText("") : index == 0 ? pair.asText("") : "";
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String single(JsonNode node, String field) throws NoLoginException {
    if (node.isMissingNode()) {
      return null;
    }
    JsonNode only = node.isArray() && node.size() == 1 ? node.path(0) : node;
    if (!only.isTextual() || only.textValue().isEmpty()) {
      throw new NoLoginException(field + ": expected the path of one PEM file");
    }
    return only.textValue();
  }

  private static Optional<Path> path(@Nullable String text, Path folder) throws NoLoginException {
    try {
      return text == null ? Optional.empty() : Optional.of(folder.resolve(text));
    } catch (InvalidPathException e) {
      throw new NoLoginException("it names a file with a path that cannot be one");
    }
  }

  /**
   * Of its headers only the login: the others are containerd's own, such as for a proxy's cache.
   */
  private static Optional<RegistryCredentials> authorization(JsonNode headers)
      throws NoLoginException {
    String what = "its header";
    for (var header : headers.properties()) {
      if (!header.getKey().equalsIgnoreCase("authorization")) {
        throw new NoLoginException(
            "header %s: Longshore sends Authorization alone"
                .formatted(Excerpt.of(header.getKey())));
      }
      String value = String.valueOf(single(header.getValue(), "header Authorization"));
      String[] words = value.strip().split("\\s+", 2);
      String scheme = words[0].toLowerCase(Locale.ROOT);
      if (words.length == 2 && scheme.equals("basic")) {
        return Optional.of(SecretJson.pair(words[1], what));
      }
      if (words.length == 2 && scheme.equals("bearer")) {
        return Optional.of(SecretJson.bearer(words[1], what));
      }
      throw new NoLoginException(what + " Authorization is neither Basic nor Bearer");
    }
    return Optional.empty();
  }
}
