package dev.longshore.containerd;

import dev.longshore.api.containerd.leases.AddResourceRequest;
import dev.longshore.api.containerd.leases.CreateRequest;
import dev.longshore.api.containerd.leases.DeleteRequest;
import dev.longshore.api.containerd.leases.LeasesGrpc;
import dev.longshore.api.containerd.leases.LeasesGrpc.LeasesBlockingV2Stub;
import dev.longshore.api.containerd.leases.Resource;
import dev.longshore.oci.Digest;
import dev.longshore.oci.Hold;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a containerd keeps for us. It keeps it over its own restart too, so what could not be given
 * back while it was away is given back as soon as the next lease is taken.
 */
final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** Leases that are given back later; what is owed beyond that ends by itself. */
  private static final int MOST_OWED = 1_000;

  private record Lease(String namespace, String id) {}

  private final Calls calls;
  private final Set<Lease> owed = ConcurrentHashMap.newKeySet();

  Leases(Calls calls) {
    this.calls = calls;
  }

  /** Keeps a content, and all that it names, until the hold is closed or the end comes. */
  Hold take(String namespace, Digest digest, Instant end) throws RegistryException {
    var lease = new Lease(namespace, "longshore-" + UUID.randomUUID());
    Attempt attempt = calls.attempt("lease content " + namespace + " " + digest);
    String expiry = end.truncatedTo(ChronoUnit.SECONDS).toString();
    LeasesBlockingV2Stub leases = in(namespace);
    try {
      calls.run(
          attempt,
          () ->
              Calls.within(leases)
                  .create(
                      CreateRequest.newBuilder()
                          .setId(lease.id)
                          .putAllLabels(Map.of("containerd.io/gc.expire", expiry))
                          .build()));
    } catch (RegistryException e) {
      // A call that came to no end in time may have made it.
      owe(lease);
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
    return owed.size() < MOST_OWED && owed.add(lease);
  }

  private void giveBack(Lease lease) {
    // A thread that is to stop still gives back what it took.
    boolean interrupted = Thread.interrupted();
    try {
      delete(lease);
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

  /** Gives back what is owed, now that containerd answers. */
  private void settle() {
    for (Lease lease : Set.copyOf(owed)) {
      if (owed.remove(lease)) {
        try {
          delete(lease);
        } catch (RegistryException e) {
          owed.add(lease);
          return;
        }
      }
    }
  }

  private void delete(Lease lease) throws RegistryException {
    try {
      calls.run(
          calls.attempt("delete lease " + lease.namespace + " " + lease.id),
          () ->
              Calls.within(in(lease.namespace))
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
