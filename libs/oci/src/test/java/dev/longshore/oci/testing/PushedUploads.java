package dev.longshore.oci.testing;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/** The writing half of the distribution API: uploads in one piece, and manifests. */
final class PushedUploads {
  void handle(HttpRequestIn request, InMemoryRegistry content, RepositoryName name, String rest)
      throws IOException {
    if (request.method().equals("POST")) {
      request.header("Location", request.path() + UUID.randomUUID() + "?state=1");
      request.answer(202, new byte[0], Optional.empty());
    } else if (request.path().contains("/blobs/uploads/")) {
      byte[] body = request.body();
      Digest digest = Digest.parse(request.query("digest"));
      if (!Digest.of(digest.algorithm(), body).equals(digest)) {
        request.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        return;
      }
      content.pushBlob(name, body);
      request.answer(201, new byte[0], Optional.empty());
    } else {
      Digest digest =
          content.pushManifest(name, request.requestHeader("Content-Type"), request.body());
      if (rest.indexOf(':') < 0) {
        content.tag(name, rest, digest);
      }
      request.answer(201, new byte[0], Optional.empty());
    }
  }
}
