package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.Content;
import dev.longshore.resolver.content.Contents;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.Found;
import dev.longshore.resolver.image.Resolve;
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
  private final Contents contents;
  private final PullObserver pulls;

  BlobHandler(Resolve resolve, Contents contents, PullObserver pulls) {
    this.resolve = resolve;
    this.contents = contents;
    this.pulls = pulls;
  }

  Answer handle(RegistryRequest.Blob request, Call call)
      throws RequestException, UnavailableException, InterruptedException {
    Found found = find(request);
    Content content = found.content();
    Map<String, String> headers = ContentHeaders.of(content, TYPE);
    if (request.conditions().isKnown(content.digest())) {
      return ContentHeaders.notModified(content);
    }
    if (call.isHead()) {
      return Answer.of(200, headers, new Body.Announced(content.size()));
    }
    pulls.blob(found);
    return switch (request.conditions().ranges(content.digest(), content.size())) {
      case Ranges.Whole() -> Answer.of(200, headers, whole(content, call.caller()));
      case Ranges.Parts(List<ByteRange> parts) when parts.size() == 1 ->
          single(content, headers, parts.getFirst(), call.caller());
      case Ranges.Parts(List<ByteRange> parts) -> multiple(content, headers, parts, call.caller());
      case Ranges.Unsatisfiable() ->
          Answer.error(
                  new OciError(
                      416,
                      OciError.Code.UNSUPPORTED,
                      "range: nothing of it lies within the " + content.size() + " bytes"))
              .with("Content-Range", "bytes */" + content.size());
    };
  }

  private Found find(RegistryRequest.Blob request)
      throws RequestException, UnavailableException, InterruptedException {
    try {
      return resolve.find(request.place(), new Selector.ByDigest(request.digest()));
    } catch (UnknownException e) {
      throw new RequestException(404, OciError.Code.BLOB_UNKNOWN, e.getMessage());
    }
  }

  private Answer multiple(
      Content content, Map<String, String> headers, List<ByteRange> parts, String caller) {
    Multipart multipart = Multipart.of(content, TYPE, parts);
    return Answer.of(
            206, headers, new Body.Flow(multipart.length(), multipart.open(contents, caller)))
        .with("Content-Type", multipart.contentType());
  }

  private Body whole(Content content, String caller)
      throws UnavailableException, InterruptedException {
    Optional<FileChannel> file = contents.file(content);
    return file.isPresent()
        ? new Body.Piece(file.get(), 0, content.size())
        : new Body.Flow(content.size(), contents.whole(content, caller));
  }

  private Answer single(Content content, Map<String, String> headers, ByteRange part, String caller)
      throws UnavailableException, InterruptedException {
    Optional<FileChannel> file = contents.file(content);
    Body body =
        file.isPresent()
            ? new Body.Piece(file.get(), part.first(), part.length())
            : new Body.Flow(
                part.length(), contents.range(content, part.first(), part.length(), caller));
    return Answer.of(206, headers, body).with("Content-Range", part.of(content.size()));
  }
}
