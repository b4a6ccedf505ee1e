package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Message;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

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
   * The copies that an event asks for, or more where another name of the image does; without an
   * event those that the rules ask for now. None of a DAG that nobody knows.
   */
  Optional<Copies> of(Message message, Optional<PinState> before) {
    List<ImageState> images = catalog.conversions().byDag(ImageDag.stored(message.key()));
    OptionalInt byRules = images.stream().flatMapToInt(this::wanted).max();
    if (message.body() instanceof Converted event) {
      int wanted = Math.max(event.copies(), byRules.orElse(0));
      Copies copies = copies(event.imageDag(), wanted, event.ingestPeer(), before);
      copies.holdIngest();
      return Optional.of(copies);
    }
    return before
        .map(pin -> copies(pin.imageDag(), byRules.orElse(pin.wanted()), pin.ingestPeer(), before))
        .or(() -> images.stream().findFirst().map(missed -> missed(missed, byRules)));
  }

  /** What the rules of the image's names ask for. */
  private IntStream wanted(ImageState image) {
    return catalog.tags().withDigest(image.digest()).stream()
        .filter(name -> !name.deleted())
        .mapToInt(name -> copies(name.name(), image));
  }

  /** Of an image whose event never came. */
  private Copies missed(ImageState image, OptionalInt byRules) {
    int wanted = byRules.orElseGet(() -> copies(image.name(), image));
    return copies(image.imageDag(), wanted, image.ingestPeer(), Optional.empty());
  }

  private int copies(RepositoryName name, ImageState image) {
    return rules.firstMatch(name, image.digest().toString()).settings().copies();
  }

  private Copies copies(ImageDag dag, int wanted, PeerName ingest, Optional<PinState> before) {
    return new Copies(dag, wanted, ingest, before, peers, clock);
  }
}
