package dev.longshore.oci.registry;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** HEAD and GET of manifests. */
final class ManifestReads {
  /** As containerd sends it. */
  private static final String ACCEPT =
      String.join(
          ", ",
          MediaType.DOCKER_MANIFEST,
          MediaType.DOCKER_LIST,
          MediaType.OCI_MANIFEST,
          MediaType.OCI_INDEX,
          "*/*");

  /** Answers to HEAD from servers that know only GET. */
  private static final Set<Integer> HEAD_UNKNOWN = Set.of(400, 405, 501);

  private final RegistryHttp http;
  private final Registries registries;

  ManifestReads(RegistryHttp http, Registries registries) {
    this.http = http;
    this.registries = registries;
  }

  Descriptor resolve(Reference reference) throws RegistryException {
    var attempt = new Attempt("HEAD manifest", reference.toString());
    Optional<Descriptor> known;
    try {
      known = described(reference, send("HEAD", reference, attempt).head());
    } catch (RegistryException e) {
      OptionalInt status = e.status();
      if (status.isEmpty() || !HEAD_UNKNOWN.contains(status.getAsInt())) {
        throw e;
      }
      known = Optional.empty();
    }
    return known.isPresent() ? known.get() : read(reference).descriptor();
  }

  /** The description from the headers, if complete. */
  private static Optional<Descriptor> described(Reference reference, AnswerHead head) {
    String mediaType = head.first("Content-Type").map(MediaType::ofHeader).orElse("");
    Optional<Digest> digest = reference.digest().or(() -> digest(head));
    if (digest.isEmpty() || head.length().isEmpty() || !MediaType.isManifest(mediaType)) {
      return Optional.empty();
    }
    long size = head.length().getAsLong();
    return Optional.of(new Descriptor(mediaType, digest.get(), size));
  }

  private static Optional<Digest> digest(AnswerHead head) {
    try {
      return head.first("Docker-Content-Digest").map(text -> Digest.parse(text.strip()));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  /** A manifest's bytes with their description, including the computed digest. */
  @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
  record Found(Descriptor descriptor, byte[] body) {}

  Found read(Reference reference) throws RegistryException {
    var attempt = new Attempt("GET manifest", reference.toString());
    SmallAnswer answer = send("GET", reference, attempt);
    byte[] body = answer.body();
    Optional<Digest> expected = reference.digest().or(() -> digest(answer.head()));
    Digest digest =
        expected.map(e -> Digest.of(e.algorithm(), body)).orElseGet(() -> Digest.of(body));
    if (expected.isPresent() && !expected.get().equals(digest)) {
      throw attempt.failed(
          Kind.BAD_CONTENT, "the content has digest %s, not %s".formatted(digest, expected.get()));
    }
    String served = answer.head().first("Content-Type").orElse("");
    if (MediaType.isManifest(MediaType.ofHeader(served))) {
      var descriptor = new Descriptor(MediaType.ofHeader(served), digest, body.length);
      return new Found(descriptor, body);
    }
    String mediaType = Manifest.parse(body, served, attempt).mediaType();
    return new Found(new Descriptor(mediaType, digest, body.length), body);
  }

  byte[] read(RepositoryName name, Digest digest) throws RegistryException {
    var attempt = new Attempt("GET manifest", name + "@" + digest);
    byte[] body = send("GET", Reference.digested(name, digest), attempt).body();
    Digest found = Digest.of(digest.algorithm(), body);
    if (!found.equals(digest)) {
      throw attempt.failed(Kind.BAD_CONTENT, "the content has digest " + found);
    }
    return body;
  }

  private SmallAnswer send(String method, Reference reference, Attempt attempt)
      throws RegistryException {
    RegistryConfig config = registries.config(reference.name().host());
    HttpCall call =
        HttpCall.of(
            method,
            Routes.manifest(config, reference.name(), reference.selector()),
            Map.of("Accept", ACCEPT));
    return new Retrier(http.settings())
        .call(
            attempt,
            () ->
                http.small(
                    config,
                    TokenScope.pull(reference.name()),
                    call,
                    Manifest.MANIFEST_LIMIT,
                    attempt));
  }
}
