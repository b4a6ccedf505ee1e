package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A registry of many repositories, polled within its budget by a clock that only the budget moves.
 * The whole size is {@code -Dlongshore.repositories=10000}, with {@code -Xmx256m}.
 */
class LargeRegistryTest {
  private static final int REPOSITORIES = Integer.getInteger("longshore.repositories", 300);
  private static final int TAGS = 100;
  private static final int PER_SECOND = 50;
  private static final int PAGE = 500;
  private static final int WHOLE = 10_000;
  private static final long HEAP = 256L << 20;

  private final WatchedHub hub = new WatchedHub();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong tooEarly = new AtomicLong();

  @AfterEach
  void close() {
    hub.catalog.close();
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void allOfItIsPolledNeverAboveItsBudgetAndWithoutWastingIt() throws Exception {
    assertThat(Runtime.getRuntime().maxMemory())
        .as("the whole size is to fit into %d MiB", HEAP >> 20)
        .isLessThanOrEqualTo(REPOSITORIES < WHOLE ? Long.MAX_VALUE : HEAP);
    LongAdder hints = new LongAdder();
    RequestBudget budget =
        new RequestBudget(PER_SECOND, nanos::get, time -> nanos.addAndGet(time.toNanos()));
    ImageSource images = new Computed().within(budget);
    PollSchedule polls =
        hub.polls(
            new WatchedRegistry(
                "dev",
                new RegistryHost(WatchedHub.HOST),
                images,
                new RepositoryPatterns(List.of("**"))),
            _ -> hints.increment(),
            CatalogBarrier.AT_HAND,
            new Endpoints(hub.clock, (_, _) -> {}, new Random(1)));
    CompletableFuture<Void> all = polls.request();

    polls.start();
    all.get();
    polls.stop();

    assertThat(hints.sum()).as("one tag of each is new").isEqualTo(REPOSITORIES);
    assertThat(tooEarly).hasValue(0);
    assertThat(requests.get())
        .as("the list, and for each repository its tags and one question for referrers")
        .isEqualTo((REPOSITORIES + PAGE - 1) / PAGE + (long) REPOSITORIES * (TAGS + 2));
    assertThat(Duration.ofNanos(nanos.get()))
        .isEqualTo(Duration.ofSeconds(1).multipliedBy(requests.get() - 1).dividedBy(PER_SECOND));
  }

  /** Holds nothing, so that the memory is that of the polls. */
  private final class Computed implements ImageSource {
    private static final Digest DIGEST = Digest.of("image".getBytes(StandardCharsets.UTF_8));

    /** One tag of each has an image: more new ones would have to wait for their copies. */
    private static final String THERE = "t0";

    private void asked() {
      long sent = requests.incrementAndGet();
      if (sent > 1 + nanos.get() * PER_SECOND / TimeUnit.SECONDS.toNanos(1)) {
        tooEarly.incrementAndGet();
      }
    }

    @Override
    public Descriptor resolve(Reference reference) throws RegistryException {
      asked();
      if (!reference.selector().equals(THERE)) {
        throw new RegistryException.Attempt("resolve", "a tag that was deleted meanwhile")
            .failed(RegistryException.Kind.NOT_FOUND, "manifest unknown");
      }
      return new Descriptor(MediaType.OCI_MANIFEST, DIGEST, 5);
    }

    @Override
    public Page tags(RepositoryName name, String cursor) {
      asked();
      return new Page(IntStream.range(0, TAGS).mapToObj(n -> "t" + n).toList(), Optional.empty());
    }

    @Override
    public Page catalog(RegistryHost registry, String cursor) {
      asked();
      int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
      int to = Math.min(REPOSITORIES, from + PAGE);
      return new Page(
          IntStream.range(from, to).mapToObj(n -> "team/app" + n).toList(),
          to == REPOSITORIES ? Optional.empty() : Optional.of(String.valueOf(to)));
    }

    @Override
    public Optional<List<Descriptor>> listedReferrers(RepositoryName name, Digest subject) {
      asked();
      return Optional.empty();
    }

    @Override
    public List<Descriptor> referrers(RepositoryName name, Digest subject) {
      throw new AssertionError("not asked for by a poll");
    }

    @Override
    public byte[] manifest(RepositoryName name, Digest digest) {
      throw new AssertionError("a poll reads no manifest");
    }

    @Override
    public BlobStream blob(RepositoryName name, Descriptor blob, long offset) {
      throw new AssertionError("a poll reads no blob");
    }

    @Override
    public boolean serves(RepositoryName name, Descriptor blob) {
      throw new AssertionError("a poll looks for no blob");
    }
  }
}
