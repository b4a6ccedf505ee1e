package dev.longshore.events;

import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where each copy of one image DAG stands. How many there are to be, and are, is in {@link
 * PinState}; where a peer is reached in {@link PeerState}.
 *
 * @param imageDag the image DAG
 * @param copies an entry for each peer that has a copy, is to get or lose one, or was tried
 */
public record CopiesState(ImageDag imageDag, List<Copy> copies) implements State {
  public CopiesState {
    copies = List.copyOf(copies);
  }

  @Override
  public String key() {
    return PinState.key(imageDag);
  }

  /**
   * One peer's copy.
   *
   * @param peer configured name of the peer
   * @param state what it is going through
   * @param bytes bytes of its blocks that the peer was found to have
   * @param error what went wrong at the last try, if it did
   * @param attempts tries that failed one after another; none if the last one did not
   * @param nextTryAt when it is attended to again, unless something happens before; none if only
   *     that
   * @param changedAt pinner's clock when it came into this state; of one that is releasing, when
   *     that was last written
   */
  public record Copy(
      PeerName peer,
      CopyPhase state,
      long bytes,
      @Nullable String error,
      @Nullable Integer attempts,
      @Nullable Instant nextTryAt,
      Instant changedAt) {
    public Copy {
      error = ForeignText.cutIfAny(error, ForeignText.ERROR);
    }
  }
}
