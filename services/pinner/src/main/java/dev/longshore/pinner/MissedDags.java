package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Image DAGs that the step must handle without an event. */
final class MissedDags {
  private static final Logger LOG = LoggerFactory.getLogger(MissedDags.class);
  private static final int PAGE = 500;
  private final Catalog catalog;

  MissedDags(Catalog catalog) {
    this.catalog = catalog;
  }

  List<String> keys() {
    Set<String> missed = new LinkedHashSet<>();
    String after = null;
    List<ImageState> page;
    do {
      page = catalog.conversions().unpinned(after, PAGE);
      page.forEach(image -> missed.add(PinState.key(image.imageDag())));
      after = page.isEmpty() ? null : page.getLast().key();
    } while (page.size() == PAGE);
    addUnmoved(missed);
    return List.copyOf(missed);
  }

  private void addUnmoved(Set<String> missed) {
    ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.copies().unrecorded(after, PAGE);
      page.stream().filter(MissedDags::hasCid).map(PinState::key).forEach(missed::add);
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
  }

  /** The step rejects other keys for good. */
  private static boolean hasCid(PinState pin) {
    try {
      var _ = pin.imageDag().cid();
      return true;
    } catch (MalformedCidException e) {
      LOG.debug("a record of copies stays as it is: {}", e.getMessage());
      return false;
    }
  }
}
