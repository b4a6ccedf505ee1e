package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.runtime.config.RuleSettings;
import dev.longshore.runtime.config.Rules;
import dev.longshore.runtime.step.Message;
import java.time.Clock;
import java.util.Optional;

/** What copies a message asks for. */
final class Orders {
  private final Catalog catalog;
  private final Rules rules;
  private final Peers peers;
  private final Clock clock;

  Orders(Catalog catalog, Rules rules, Peers peers, Clock clock) {
    this.catalog = catalog;
    this.rules = rules;
    this.peers = peers;
    this.clock = clock;
  }

  /**
   * The copies that an event asks for; without an event those that were asked for before, or that
   * the rule of an image asks for whose event never came. None of a DAG that nobody knows.
   */
  Optional<Copies> of(Message message, Optional<PinState> before) {
    if (message.body() instanceof Converted event) {
      Copies copies = copies(event.imageDag(), event.copies(), event.ingestPeer(), before);
      copies.holdIngest();
      return Optional.of(copies);
    }
    return before
        .map(pin -> copies(pin.imageDag(), pin.wanted(), pin.ingestPeer(), before))
        .or(() -> catalog.imageByDag(message.key()).map(this::missed));
  }

  private int wanted(ImageState image) {
    RuleSettings rule =
        rules.firstMatch(image.registry(), image.repository(), image.digest()).settings();
    return rule.copies();
  }

  private Copies missed(ImageState image) {
    return copies(image.imageDag(), wanted(image), image.ingestPeer(), Optional.empty());
  }

  private Copies copies(String dag, int wanted, String ingest, Optional<PinState> before) {
    return new Copies(dag, wanted, ingest, before, peers, clock);
  }
}
