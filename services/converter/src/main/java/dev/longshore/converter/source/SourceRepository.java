package dev.longshore.converter.source;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.Hold;
import dev.longshore.oci.source.ImagePresence;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.turns.FairShare;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The repository to read an image from, with its failures in the step's terms.
 *
 * @param program who serves it, by its name in pauses and {@code status}
 * @param share whose work it is
 * @param progress of the message being handled
 */
public record SourceRepository(
    ImageSource source, RepositoryName name, String program, FairShare share, Progress progress) {
  private static final String NAME_UNKNOWN = "NAME_UNKNOWN";

  /** The same as work of the repository itself. */
  public static SourceRepository of(ImageSource source, RepositoryName name, Progress progress) {
    return of(source, name, new FairShare(name.toString()), progress);
  }

  public static SourceRepository of(
      ImageSource source, RepositoryName name, FairShare share, Progress progress) {
    return new SourceRepository(source, name, source.endpoint(name), share, progress);
  }

  /**
   * What its work waits for after a failure of all that the program serves. Backfill has a pause of
   * its own, so that fresh pushes go on.
   */
  public String endpoint() {
    return share.equals(FairShare.BACKFILL) ? "backfill of " + program : program;
  }

  /** After a wait, checks that this repository of the registry may still be called. */
  public void requireOpen() throws TransientFailure {
    // Its own first: what waits there cannot be the one that tries the program for all.
    progress.require(endpoint());
    progress.require(program);
    progress.require(ImageSource.alone(name));
  }

  /**
   * The platforms for which the source has the image: a containerd may have only one.
   *
   * @param wanted none means all
   */
  public List<Platform> possible(Descriptor top, List<Platform> wanted)
      throws TransientFailure, PermanentFailure, InterruptedException {
    ImagePresence presence;
    try {
      presence = source.presence(name, top, wanted);
    } catch (RegistryException e) {
      throw failed(e, Reason.MANIFEST_UNKNOWN, Reason.MANIFEST_INVALID, Reason.MANIFEST_TOO_BIG);
    }
    return presence
        .platforms()
        .orElseThrow(
            () ->
                Reason.BLOB_UNKNOWN.failure(
                    "%s@%s: the source lacks %s"
                        .formatted(name, top.digest(), presence.missing())));
  }

  /** Protects the image at its source until the hold is closed. */
  public Hold hold(Digest top) throws TransientFailure, PermanentFailure, InterruptedException {
    try {
      return source.hold(name, top);
    } catch (RegistryException e) {
      throw failed(e, Reason.MANIFEST_UNKNOWN, Reason.MANIFEST_INVALID, Reason.MANIFEST_TOO_BIG);
    }
  }

  /** Reads and parses a manifest or index, and checks its digest and size. */
  Manifest manifest(Descriptor named)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (named.size() > Manifest.MANIFEST_LIMIT) {
      throw Reason.MANIFEST_TOO_BIG.failure(
          "%s@%s: its descriptor says %d bytes (expected: at most %d)"
              .formatted(name, named.digest(), named.size(), Manifest.MANIFEST_LIMIT));
    }
    byte[] body;
    try {
      body = source.manifest(name, named.digest());
    } catch (RegistryException e) {
      throw failed(e, Reason.MANIFEST_UNKNOWN, Reason.MANIFEST_INVALID, Reason.MANIFEST_TOO_BIG);
    }
    if (body.length != named.size()) {
      throw Reason.SIZE_MISMATCH.failure(
          "%s@%s: %d bytes (expected: %d, as its descriptor says)"
              .formatted(name, named.digest(), body.length, named.size()));
    }
    try {
      return Manifest.parse(body, named.mediaType());
    } catch (OciFormatException e) {
      throw Reason.MANIFEST_INVALID.failure(name + "@" + named.digest() + ": " + e.getMessage(), e);
    }
  }

  /** Opens a config or layer; the stream gives its last byte only if the content is right. */
  public BlobStream open(Descriptor blob) throws RegistryException {
    return source.blob(name, blob, 0);
  }

  /** Whether the repository says, without sending it, that it serves a config or layer. */
  public boolean serves(Descriptor blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    requireOpen();
    try {
      return source.serves(name, blob);
    } catch (RegistryException e) {
      throw failedBlob(e);
    }
  }

  /** The step failure for a failed read of a config or layer. */
  public PermanentFailure failedBlob(RegistryException e)
      throws TransientFailure, InterruptedException {
    return failed(e, Reason.BLOB_UNKNOWN, Reason.DIGEST_MISMATCH, Reason.DIGEST_MISMATCH);
  }

  /** The step failure for a broken connection to the source. */
  public TransientFailure brokenOff(IOException e) {
    return new TransientFailure(
        endpoint(), program + ": the transfer broke off: " + e.getMessage(), null, e);
  }

  private TransientFailure waits(String away, RegistryException e) {
    return TransientFailure.within(away, tried(), Reason.text(e), e.retryAfter().orElse(null), e);
  }

  /** Whose answer this work tells of: the program's, if it tries that for all. */
  private String tried() {
    return progress.tries(program) ? program : endpoint();
  }

  private String away(RegistryException e) throws InterruptedException {
    if (!source.isOverAll(name.host(), Optional.of(name), e)) {
      return ImageSource.alone(name);
    }
    // That there were too many requests, or that the budget has none left, is about backfill alone.
    return e.wantsFewerRequests() ? endpoint() : tried();
  }

  private PermanentFailure failed(RegistryException e, Reason unknown, Reason wrong, Reason tooBig)
      throws TransientFailure, InterruptedException {
    return switch (e.kind()) {
      case NOT_FOUND -> {
        // A registry that hides the repository now may show it again.
        if (e.codes().contains(NAME_UNKNOWN)) {
          throw waits(ImageSource.alone(name), e);
        }
        yield unknown.failure(e);
      }
      case BAD_CONTENT -> wrong.failure(e);
      case LIMIT -> tooBig.failure(e);
      case UNSUPPORTED -> Reason.SOURCE_UNSUPPORTED.failure(e);
      case UNAUTHORIZED, TRANSIENT -> throw waits(away(e), e);
      case INTERRUPTED -> {
        Thread.interrupted();
        throw new InterruptedException(Reason.text(e));
      }
    };
  }
}
