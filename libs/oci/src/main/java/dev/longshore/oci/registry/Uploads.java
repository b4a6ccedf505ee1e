package dev.longshore.oci.registry;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.net.URI;
import java.util.Map;

/** Writes to a registry: blobs in one piece (POST, then PUT), and manifests. */
final class Uploads {
  /** Limit in bytes of an answer to an upload, which should be empty. */
  private static final int ANSWER_LIMIT = 64 * 1024;

  private final RegistryHttp http;
  private final Registries registries;

  Uploads(RegistryHttp http, Registries registries) {
    this.http = http;
    this.registries = registries;
  }

  /** Sends a blob unless the repository has it. */
  void blob(RepositoryName name, Descriptor blob, Upload content) throws RegistryException {
    var attempt = new Attempt("PUT blob", name + "@" + blob.digest());
    new Retrier(http.settings())
        .call(attempt, () -> exists(name, blob) ? blob : send(name, blob, content, attempt));
  }

  private boolean exists(RepositoryName name, Descriptor blob) throws RegistryException {
    RegistryConfig config = registries.config(name.host());
    var attempt = new Attempt("HEAD blob", name + "@" + blob.digest());
    HttpCall head =
        HttpCall.of("HEAD", Routes.blob(config, name, blob.digest()), Map.of("Accept", "*/*"));
    try {
      http.small(config, TokenScope.push(name), head, ANSWER_LIMIT, attempt);
      return true;
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private Descriptor send(RepositoryName name, Descriptor blob, Upload content, Attempt attempt)
      throws RegistryException {
    RegistryConfig config = registries.config(name.host());
    HttpCall start =
        HttpCall.of("POST", Routes.uploads(config, name), Map.of())
            .withBody(Upload.of(new byte[0]));
    AnswerHead started =
        http.small(config, TokenScope.push(name), start, ANSWER_LIMIT, attempt).head();
    URI place = place(config, start.uri(), started, attempt);
    String separator = place.getRawQuery() == null ? "?" : "&";
    HttpCall put =
        HttpCall.of(
                "PUT",
                URI.create(place + separator + "digest=" + blob.digest()),
                Map.of("Content-Type", "application/octet-stream"))
            .withBody(content);
    http.small(config, TokenScope.push(name), put, ANSWER_LIMIT, attempt);
    return blob;
  }

  /** The upload's location, which must be at the registry itself. */
  private static URI place(RegistryConfig config, URI from, AnswerHead head, Attempt attempt)
      throws RegistryException {
    String location = head.first("Location").orElse("");
    URI place;
    try {
      place = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw attempt.failed(Kind.UNSUPPORTED, "the upload's location is not a URL", e);
    }
    if (location.isEmpty() || !WebOrigin.of(place).equals(WebOrigin.of(config.endpoint()))) {
      throw attempt.failed(
          Kind.UNSUPPORTED, "the upload's location is not at the registry: " + Redacted.uri(place));
    }
    return place;
  }

  void manifest(Reference reference, Descriptor manifest, byte[] body) throws RegistryException {
    var attempt = new Attempt("PUT manifest", reference.toString());
    RegistryConfig config = registries.config(reference.name().host());
    HttpCall put =
        HttpCall.of(
                "PUT",
                Routes.manifest(config, reference.name(), reference.selector()),
                Map.of("Content-Type", manifest.mediaType()))
            .withBody(Upload.of(body));
    new Retrier(http.settings())
        .call(
            attempt,
            () ->
                http.small(config, TokenScope.push(reference.name()), put, ANSWER_LIMIT, attempt));
  }
}
