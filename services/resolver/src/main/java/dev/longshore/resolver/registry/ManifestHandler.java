package dev.longshore.resolver.registry;

import dev.longshore.oci.Manifest;
import dev.longshore.resolver.content.LocatedContent;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.ForgottenException;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.image.UnknownException;
import java.util.Map;

/** Serves manifests and indexes, fully verified before the first byte is sent. */
final class ManifestHandler {
  private final Resolve resolve;
  private final VerifiedContents contents;
  private final PullObserver pulls;

  ManifestHandler(Resolve resolve, VerifiedContents contents, PullObserver pulls) {
    this.resolve = resolve;
    this.contents = contents;
    this.pulls = pulls;
  }

  RegistryResponse handle(RegistryRequest.Manifest request, RegistryCall call)
      throws RequestException, UnavailableException, InterruptedException {
    ResolvedContent found = find(request, call);
    pulls.asked(found);
    LocatedContent content = found.content();
    if (request.conditions().isKnown(content.digest())) {
      return ContentHeaders.notModified(content);
    }
    Map<String, String> headers = ContentHeaders.of(content, content.mediaType());
    if (call.isHead()) {
      return RegistryResponse.of(200, headers, new Body.Announced(content.size()));
    }
    pulls.manifest(request.name() + request.wanted(), found);
    return RegistryResponse.of(
        200,
        headers,
        new Body.Bytes(contents.bytes(content, Manifest.MANIFEST_LIMIT, call.caller())));
  }

  private ResolvedContent find(RegistryRequest.Manifest request, RegistryCall call)
      throws RequestException, UnavailableException, InterruptedException {
    ResolvedContent found;
    try {
      found = resolve.find(request.place(), request.wanted(), call.caller());
    } catch (ForgottenException e) {
      throw RequestException.denied(e);
    } catch (UnknownException e) {
      throw unknown(e.getMessage());
    }
    if (!found.isManifest()) {
      throw unknown(found.content().digest() + " is no manifest; blobs are served under /blobs/");
    }
    return found;
  }

  private static RequestException unknown(String message) {
    return new RequestException(404, OciError.Code.MANIFEST_UNKNOWN, message);
  }
}
