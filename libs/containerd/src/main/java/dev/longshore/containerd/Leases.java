package dev.longshore.containerd;

import dev.longshore.api.containerd.leases.AddResourceRequest;
import dev.longshore.api.containerd.leases.CreateRequest;
import dev.longshore.api.containerd.leases.DeleteRequest;
import dev.longshore.api.containerd.leases.LeasesGrpc;
import dev.longshore.api.containerd.leases.LeasesGrpc.LeasesBlockingV2Stub;
import dev.longshore.api.containerd.leases.Resource;
import dev.longshore.model.Digest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.Hold;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our leases in a containerd. They survive its restart, so a lease that could not be released while
 * it was away is released as soon as the next one is taken.
 */
final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** Limit of leases to release later; others expire by themselves. */
  private static final int MOST_OWED = 1_000;

  /**
   * Total time for releasing, since the caller waits and its own lease is running: containerd
   * answers hundreds of calls in that time.
   */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private record Lease(String namespace, String id) {}

  private final Calls calls;
  private final Duration settling;
  private final Queue<Lease> owed = new LinkedBlockingQueue<>(MOST_OWED);

  Leases(Calls calls) {
    this(calls, SETTLING);
  }

  /**
   * @param settling total time for releasing late leases
   */
  Leases(Calls calls, Duration settling) {
    this.calls = calls;
    this.settling = settling;
  }

  /** Protects a content, and everything it references, until the hold is closed or expires. */
  Hold take(String namespace, Digest digest, Instant end) throws RegistryException {
    var lease = new Lease(namespace, "longshore-" + UUID.randomUUID());
    Attempt attempt = calls.attempt("lease content " + namespace + " " + digest);
    String expiry = end.truncatedTo(ChronoUnit.SECONDS).toString();
    var sent = new Sent();
    LeasesBlockingV2Stub leases = in(namespace);
    try {
      calls.run(
          attempt,
          () ->
              Calls.within(leases)
                  .withInterceptors(sent)
                  .create(
                      CreateRequest.newBuilder()
                          .setId(lease.id)
                          .putAllLabels(Map.of("containerd.io/gc.expire", expiry))
                          .build()));
    } catch (RegistryException e) {
      if (sent.isSent() && !isRefusal(e)) {
        // For example one without an answer in time: the lease may exist.
        owe(lease);
      }
      throw e;
    }
    Hold hold = () -> giveBack(lease);
    try {
      calls.run(
          attempt,
          () ->
              Calls.within(leases)
                  .addResource(
                      AddResourceRequest.newBuilder()
                          .setId(lease.id)
                          .setResource(
                              Resource.newBuilder().setId(digest.toString()).setType("content"))
                          .build()));
    } catch (RegistryException e) {
      hold.close();
      throw e;
    }
    settle();
    return hold;
  }

  private boolean owe(Lease lease) {
    return owed.offer(lease);
  }

  private void giveBack(Lease lease) {
    // An interrupted thread still releases its lease.
    boolean interrupted = Thread.interrupted();
    try {
      delete(lease, Calls.LIMIT);
    } catch (RegistryException e) {
      LOG.warn(
          "{}; the lease {}",
          e.getMessage(),
          owe(lease) ? "is given back with the next one" : "ends by itself");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether containerd answered that it changed nothing. */
  private static boolean isRefusal(RegistryException e) {
    return switch (e.kind()) {
      case NOT_FOUND, UNAUTHORIZED, LIMIT, UNSUPPORTED, BAD_CONTENT -> true;
      case TRANSIENT, INTERRUPTED -> false;
    };
  }

  /**
   * Releases owed leases, now that containerd answers. One that fails moves behind the others, so
   * that it blocks none of them.
   */
  private void settle() {
    long end = System.nanoTime() + settling.toNanos();
    for (int left = owed.size(); left > 0; left--) {
      Duration time = Duration.ofNanos(end - System.nanoTime());
      Lease lease = time.isPositive() ? owed.poll() : null;
      if (lease == null) {
        return;
      }
      try {
        delete(lease, time);
      } catch (RegistryException e) {
        boolean again = owe(lease);
        LOG.debug("{}; it {}", e.getMessage(), again ? "is tried once more" : "ends by itself");
      }
    }
  }

  private void delete(Lease lease, Duration limit) throws RegistryException {
    try {
      calls.run(
          calls.attempt("delete lease " + lease.namespace + " " + lease.id),
          () ->
              Calls.within(in(lease.namespace), limit)
                  .delete(DeleteRequest.newBuilder().setId(lease.id).build()));
    } catch (RegistryException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }

  private LeasesBlockingV2Stub in(String namespace) {
    return LeasesGrpc.newBlockingV2Stub(calls.in(namespace));
  }
}
