package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.Contents;
import dev.longshore.resolver.content.UnavailableException;
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

/** What is inside of images: each is read once, by whoever needs it first, and remembered. */
public final class Images implements AutoCloseable {
  /** An image that could not be read is not tried again for so long. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final MemberTable table;
  private final Expander expander;
  private final InstantSource clock;
  private final Map<Cid, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final RecentFailures failed = new RecentFailures(RETRY_AFTER);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("expand-", 0).factory());

  public Images(MemberTable table, Contents contents, InstantSource clock) {
    this.table = table;
    this.expander = new Expander(contents);
    this.clock = clock;
  }

  /** The manifest or index that the image is known by in this form. */
  Member top(ImageForm form) throws UnknownException, UnavailableException, InterruptedException {
    Optional<Member> known = table.top(form.cid());
    if (known.isPresent()) {
      return known.get();
    }
    expand(form);
    return table
        .top(form.cid())
        .orElseThrow(() -> new UnknownException("/ipfs/" + form.cid() + " is no image"));
  }

  /** A part of the image in this form. */
  Optional<Member> member(ImageForm form, Digest digest)
      throws UnknownException, UnavailableException, InterruptedException {
    top(form);
    return table.member(form.cid(), digest);
  }

  /** A part of the image, as far as that is known without reading anything. */
  Optional<Member> knownMember(Cid image, Digest digest) {
    return table.member(image, digest);
  }

  /** Whether the image was read. */
  public boolean knows(Cid image) {
    return table.top(image).isPresent();
  }

  /** All images that were read and have this part; one may come more than once. */
  public Stream<Cid> imagesWith(Digest digest) {
    return table.imagesWith(digest);
  }

  /** Of these images those that were read and have this part. */
  List<Cid> having(Digest digest, List<Cid> images) {
    return table.having(digest, images);
  }

  /** Of these images those that nobody read. */
  List<Cid> unread(List<Cid> images) {
    return table.unread(images);
  }

  /** Whether the image could not be read when it was tried last. */
  boolean hasFailed(Cid image) {
    return failed.has(image);
  }

  /** Images that were read, and name this without having it. */
  List<MemberTable.Gap> gapsAt(Digest digest, int limit) {
    return table.gapsAt(digest, limit);
  }

  /** Manifests that belong to this one, in images that were read. */
  Stream<MemberTable.Referral> referrersOf(Digest subject) {
    return table.referrersOf(subject);
  }

  /** Reads the image if nobody did, waiting for whoever does. */
  public void expand(ImageForm form)
      throws UnknownException, UnavailableException, InterruptedException {
    await(begin(form));
  }

  /** Begins to read the image if nobody did or does. */
  CompletableFuture<Void> begin(ImageForm form) {
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

  private void run(ImageForm form, CompletableFuture<Void> result) {
    try {
      table.put(read(form));
      result.complete(null);
    } catch (UnavailableException e) {
      failed.add(form.cid(), clock.instant(), e);
      result.completeExceptionally(e);
    } catch (UnknownException | InterruptedException | RuntimeException | Error e) {
      // Whatever it was, it belongs to those who wait: they would wait for ever.
      result.completeExceptionally(e);
    } finally {
      running.remove(form.cid(), result);
    }
  }

  private Expansion read(ImageForm form)
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
      if (form.shape() == ImageForm.Shape.FOREIGN) {
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
