package dev.longshore.oci.registry;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** HEAD and GET of blobs: whole, or from an offset on. */
final class BlobReads {
  /**
   * Answers to HEAD that may differ for GET: from servers that know only GET, and from storages to
   * which the registry redirects with a signature for GET.
   */
  private static final Set<Integer> OF_HEAD_ALONE = Set.of(401, 403, 501);

  private final RegistryHttp http;
  private final Registries registries;

  BlobReads(RegistryHttp http, Registries registries) {
    this.http = http;
    this.registries = registries;
  }

  boolean serves(RepositoryName name, Descriptor blob) throws RegistryException {
    var attempt = new Attempt("HEAD blob", name + "@" + blob.digest());
    RegistryConfig config = registries.config(name.host());
    HttpCall call =
        HttpCall.of("HEAD", Routes.blob(config, name, blob.digest()), Map.of("Accept", "*/*"));
    return new Retrier(http.settings())
        .call(attempt, () -> length(config, name, call, attempt))
        .equals(OptionalLong.of(blob.size()));
  }

  /** Empty if HEAD does not say. */
  private OptionalLong length(
      RegistryConfig config, RepositoryName name, HttpCall call, Attempt attempt)
      throws RegistryException {
    try {
      return http.small(config, TokenScope.pull(name), call, 0, attempt).head().length();
    } catch (RegistryException e) {
      boolean passes = e.kind() == Kind.TRANSIENT || e.kind() == Kind.INTERRUPTED;
      if (passes && !OF_HEAD_ALONE.contains(e.status().orElse(0))) {
        throw e;
      }
      return OptionalLong.empty();
    }
  }

  BlobStream read(RepositoryName name, Descriptor blob, long offset) throws RegistryException {
    var attempt = new Attempt("GET blob", name + "@" + blob.digest());
    var body =
        new ResumingBody(
            new Retrier(http.settings()),
            attempt,
            position -> open(name, blob, position, attempt),
            offset,
            blob.size());
    body.connect();
    return BlobStream.of(body, blob, offset, attempt);
  }

  private OpenAnswer open(RepositoryName name, Descriptor blob, long position, Attempt attempt)
      throws RegistryException {
    RegistryConfig config = registries.config(name.host());
    HttpCall call = HttpCall.get(Routes.blob(config, name, blob.digest()), "*/*");
    HttpCall ranged = position == 0 ? call : call.with("Range", "bytes=" + position + "-");
    OpenAnswer answer = http.open(config, TokenScope.pull(name), ranged, attempt);
    try {
      check(answer, blob.size(), position, attempt);
      return answer;
    } catch (IOException e) {
      answer.close();
      throw NetworkFailure.of(attempt, e);
    }
  }

  private static void check(OpenAnswer answer, long size, long position, Attempt attempt)
      throws IOException {
    AnswerHead head = answer.head();
    String encoding = head.first("Content-Encoding").orElse("identity");
    if (!encoding.equals("identity")) {
      throw attempt.failed(Kind.UNSUPPORTED, "it was sent with Content-Encoding " + encoding);
    }
    boolean partial = head.status() == 206;
    long from = partial ? position : 0;
    OptionalLong length = head.length();
    if (length.isPresent() && length.getAsLong() != size - from) {
      throw attempt.failed(
          Kind.BAD_CONTENT,
          "%d bytes were sent where %d are left".formatted(length.getAsLong(), size - from));
    }
    if (partial) {
      String range = head.first("Content-Range").orElse("");
      if (!range.startsWith("bytes " + position + "-")) {
        throw attempt.failed(Kind.UNSUPPORTED, "the range that came is another: " + range);
      }
    } else if (position > 0) {
      // The server ignored the range.
      answer.body().skipNBytes(position);
    }
  }
}
