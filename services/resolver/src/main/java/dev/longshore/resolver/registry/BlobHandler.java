package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.LocatedContent;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.ForgottenException;
import dev.longshore.resolver.image.Resolve;
import dev.longshore.resolver.image.ResolvedContent;
import dev.longshore.resolver.image.UnknownException;
import dev.longshore.resolver.name.Selector;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Serves configs, layers and all other parts of an image. */
final class BlobHandler {
  private static final String TYPE = "application/octet-stream";

  private final Resolve resolve;
  private final VerifiedContents contents;
  private final PullObserver pulls;

  BlobHandler(Resolve resolve, VerifiedContents contents, PullObserver pulls) {
    this.resolve = resolve;
    this.contents = contents;
    this.pulls = pulls;
  }

  RegistryResponse handle(RegistryRequest.Blob request, RegistryCall call)
      throws RequestException, UnavailableException, InterruptedException {
    ResolvedContent found = find(request, call);
    LocatedContent content = found.content();
    Map<String, String> headers = ContentHeaders.of(content, TYPE);
    if (request.conditions().isKnown(content.digest())) {
      return ContentHeaders.notModified(content);
    }
    if (call.isHead()) {
      return RegistryResponse.of(200, headers, new Body.Announced(content.size()));
    }
    pulls.blob(found);
    return switch (request.conditions().ranges(content.digest(), content.size())) {
      case Ranges.Whole() -> RegistryResponse.of(200, headers, whole(content, call.caller()));
      case Ranges.Parts(List<ContentRange> parts) when parts.size() == 1 ->
          single(content, headers, parts.getFirst(), call.caller());
      case Ranges.Parts(List<ContentRange> parts) ->
          multiple(content, headers, parts, call.caller());
      case Ranges.Unsatisfiable() ->
          RegistryResponse.error(
                  new OciError(
                      416,
                      OciError.Code.UNSUPPORTED,
                      "range: nothing of it lies within the " + content.size() + " bytes"))
              .with("Content-Range", "bytes */" + content.size());
    };
  }

  private ResolvedContent find(RegistryRequest.Blob request, RegistryCall call)
      throws RequestException, UnavailableException, InterruptedException {
    try {
      return resolve.find(request.place(), new Selector.ByDigest(request.digest()), call.caller());
    } catch (ForgottenException e) {
      throw RequestException.denied(e);
    } catch (UnknownException e) {
      throw new RequestException(404, OciError.Code.BLOB_UNKNOWN, e.getMessage());
    }
  }

  private RegistryResponse multiple(
      LocatedContent content,
      Map<String, String> headers,
      List<ContentRange> parts,
      String caller) {
    Multipart multipart = Multipart.of(content, TYPE, parts);
    return RegistryResponse.of(
            206, headers, new Body.Flow(multipart.length(), multipart.open(contents, caller)))
        .with("Content-Type", multipart.contentType());
  }

  private Body whole(LocatedContent content, String caller)
      throws UnavailableException, InterruptedException {
    Optional<FileChannel> file = contents.file(content);
    return file.isPresent()
        ? new Body.Piece(file.get(), 0, content.size())
        : new Body.Flow(content.size(), contents.whole(content, caller));
  }

  private RegistryResponse single(
      LocatedContent content, Map<String, String> headers, ContentRange part, String caller)
      throws UnavailableException, InterruptedException {
    Optional<FileChannel> file = contents.file(content);
    Body body =
        file.isPresent()
            ? new Body.Piece(file.get(), part.first(), part.length())
            : new Body.Flow(
                part.length(), contents.range(content, part.first(), part.length(), caller));
    return RegistryResponse.of(206, headers, body).with("Content-Range", part.of(content.size()));
  }
}
