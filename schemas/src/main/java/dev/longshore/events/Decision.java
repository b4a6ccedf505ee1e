package dev.longshore.events;

import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.model.SiteName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody decided, which no loop could find out. */
public sealed interface Decision {
  /**
   * An image is refused everywhere, never converted again, and to be gone from peers and sites.
   *
   * @param reference the name or digest as it was given
   * @param digests what that meant then: source digests, at most {@link #LIMIT}
   */
  record Forget(String reference, List<Digest> digests) implements Decision {
    /**
     * Of the longest digests as many as fit into a record; an image to which more belongs takes
     * several decisions.
     */
    public static final int LIMIT = 400;

    public Forget {
      digests = List.copyOf(digests);
    }
  }

  /**
   * Nothing new is given to a peer or a site.
   *
   * @param peer configured name of the peer, if it is one
   * @param site the site, if it is one
   */
  record Hold(@Nullable PeerName peer, @Nullable SiteName site) implements Decision {}

  /**
   * All copies of a peer are to be made elsewhere, and then taken off it.
   *
   * @param peer configured name of the peer
   * @param to configured name of the one that takes its place; none if any may
   */
  record Drain(PeerName peer, @Nullable PeerName to) implements Decision {}

  /**
   * What a guard stopped may go on.
   *
   * @param guard the guard's id
   * @param count how many it held back as it was confirmed: not more may go on
   * @param peers configured names of the peers that it is about: others may not go on; null if it
   *     is about none
   */
  record Confirm(String guard, long count, @Nullable List<PeerName> peers) implements Decision {
    public Confirm {
      peers = peers == null || peers.isEmpty() ? null : List.copyOf(peers);
    }

    /** Of a guard that is about no peers, or says which by its id. */
    public Confirm(String guard, long count) {
      this(guard, count, null);
    }
  }

  /**
   * The backfill of a registry rests: what was there before it was mirrored.
   *
   * @param registry host of the registry, as names carry it
   */
  record Rest(String registry) implements Decision {}
}
