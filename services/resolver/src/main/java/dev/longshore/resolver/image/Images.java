package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.member.Expansion;
import dev.longshore.resolver.image.member.Member;
import dev.longshore.resolver.image.member.MemberTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** The content of images: each is read once, on its first request, and remembered. */
public final class Images implements AutoCloseable {
  /** Time before an unreadable image is tried again. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final MemberTable table;
  private final Expander expander;
  private final InstantSource clock;
  private final Map<Cid, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final RecentFailures failed = new RecentFailures(RETRY_AFTER);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("expand-", 0).factory());

  public Images(MemberTable table, VerifiedContents contents, InstantSource clock) {
    this.table = table;
    this.expander = new Expander(contents);
    this.clock = clock;
  }

  /** The manifest or index that identifies this representation. */
  Member top(ImageVariant form)
      throws UnknownException, UnavailableException, InterruptedException {
    Optional<Member> known = table.top(form.cid());
    if (known.isPresent()) {
      return known.get();
    }
    expand(form);
    return table
        .top(form.cid())
        .orElseThrow(() -> new UnknownException("/ipfs/" + form.cid() + " is no image"));
  }

  /** A part of this representation. */
  Optional<Member> member(ImageVariant form, Digest digest)
      throws UnknownException, UnavailableException, InterruptedException {
    top(form);
    return table.member(form.cid(), digest);
  }

  /** A part of the image, if known without reading anything. */
  Optional<Member> knownMember(Cid image, Digest digest) {
    return table.member(image, digest);
  }

  /** Whether the image has been read. */
  public boolean knows(Cid image) {
    return table.top(image).isPresent();
  }

  /** Digests of all parts of the image, if it has been read. */
  public List<Digest> parts(Cid image) {
    return table.parts(image);
  }

  /** All images read so far that have this part; one may occur more than once. */
  public Stream<Cid> imagesWith(Digest digest) {
    return table.imagesWith(digest);
  }

  /** Those of these images that have been read and have this part. */
  List<Cid> having(Digest digest, List<Cid> images) {
    return table.having(digest, images);
  }

  /** Those of these images that have not been read. */
  List<Cid> unread(List<Cid> images) {
    return table.unread(images);
  }

  /** Whether the last attempt to read the image failed. */
  boolean hasFailed(Cid image) {
    return failed.has(image);
  }

  /** Images read so far that name this content but lack it. */
  List<MemberTable.Gap> gapsAt(Digest digest, int limit) {
    return table.gapsAt(digest, limit);
  }

  /** Manifests that refer to this one, in images read so far. */
  Stream<MemberTable.Referral> referrersOf(Digest subject) {
    return table.referrersOf(subject);
  }

  /** Reads the image if needed, or waits for a read in progress. */
  public void expand(ImageVariant form)
      throws UnknownException, UnavailableException, InterruptedException {
    await(begin(form));
  }

  /** Starts to read the image unless it has been or is being read. */
  CompletableFuture<Void> begin(ImageVariant form) {
    if (knows(form.cid())) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      failed.check(form.cid(), clock.instant());
    } catch (UnavailableException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> theirs = running.putIfAbsent(form.cid(), mine);
    if (theirs == null) {
      threads.execute(() -> run(form, mine));
    }
    return theirs == null ? mine : theirs;
  }

  private void run(ImageVariant form, CompletableFuture<Void> result) {
    try {
      table.put(read(form));
      result.complete(null);
    } catch (UnavailableException e) {
      failed.add(form.cid(), clock.instant(), e);
      result.completeExceptionally(e);
    } catch (UnknownException | InterruptedException | RuntimeException | Error e) {
      // Pass any failure to the waiters: they would wait for ever.
      result.completeExceptionally(e);
    } finally {
      running.remove(form.cid(), result);
    }
  }

  private Expansion read(ImageVariant form)
      throws UnknownException, UnavailableException, InterruptedException {
    try {
      return switch (form.shape()) {
        case LAYOUT -> expander.layout(form.cid(), form.providers());
        case ROOT -> expander.root(form.cid(), form.providers());
        case FOREIGN ->
            expander.isLayout(form.cid(), form.providers())
                ? expander.layout(form.cid(), form.providers())
                : expander.root(form.cid(), form.providers());
      };
    } catch (UnknownException e) {
      if (form.shape() == ImageVariant.Shape.FOREIGN) {
        throw e;
      }
      throw new UnavailableException(
          UnavailableException.Reason.BAD_SOURCE,
          "what Longshore wrote came back as something else: " + e.getMessage(),
          e);
    }
  }

  private static void await(CompletableFuture<Void> result)
      throws UnknownException, UnavailableException, InterruptedException {
    try {
      result.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case UnavailableException unavailable -> throw unavailable.again();
        case UnknownException unknown -> throw new UnknownException(unknown.getMessage());
        case null, default -> throw new IllegalStateException("an image could not be read", e);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
    table.close();
  }
}
