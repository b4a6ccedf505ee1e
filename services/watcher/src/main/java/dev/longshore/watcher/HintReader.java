package dev.longshore.watcher;

import dev.longshore.events.Hint;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.watcher.sender.Delivery;
import dev.longshore.watcher.sender.Distribution;
import dev.longshore.watcher.sender.DistributionEvents;
import dev.longshore.watcher.sender.NotUnderstoodException;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import dev.longshore.watcher.sender.NotifiedChange;
import dev.longshore.watcher.sender.ParsedNotification;
import dev.longshore.watcher.sender.Sender;
import java.util.ArrayList;
import java.util.List;

/** Turns a hint's body into targets, by its content type. */
final class HintReader {
  /** The form of what was understood when it came. */
  private static final Sender NORMAL = new Distribution("distribution");

  private final RegistryHost host;
  private final Sender sender;

  /**
   * Reads hints about this registry, even if their bodies name another host.
   *
   * @param sender reads what is not stored in the CNCF registry's form: what was not understood
   *     when it came, and is replayed
   */
  HintReader(RegistryHost host, Sender sender) {
    this.host = host;
    this.sender = sender;
  }

  List<HintTarget> read(Hint hint) throws MalformedHintException {
    String type = Delivery.mediaType(hint.contentType());
    return switch (type) {
      case Hint.REFERENCE -> List.of(reference(hint));
      case DistributionEvents.V1, DistributionEvents.V2 -> targets(hint, NORMAL);
      case DistributionEvents.JSON -> targets(hint, sender);
      default -> {
        if (sender instanceof Distribution) {
          throw new MalformedHintException(
              "content type '"
                  + type
                  + "' (expected: "
                  + DistributionEvents.V2
                  + ", as the CNCF registry sends)",
              null);
        }
        yield targets(hint, sender);
      }
    };
  }

  private List<HintTarget> targets(Hint hint, Sender form) throws MalformedHintException {
    ParsedNotification told = form.told(new Delivery(hint.contentType(), hint.bytes()));
    if (told.problem().isPresent()) {
      NotUnderstoodException problem = told.problem().get();
      if (problem.reason() != Reason.EVENT
          || told.changes().isEmpty()
          || form instanceof Distribution) {
        throw new MalformedHintException(problem.problem(), problem);
      }
    }
    try {
      List<HintTarget> targets = new ArrayList<>();
      for (NotifiedChange change : told.changes()) {
        if (change.isOfWholeRepository()) {
          throw new MalformedHintException(
              "it names neither tag nor digest in " + change.repository(), null);
        }
        targets.add(
            new HintTarget(
                new RepositoryName(host, change.repository()),
                change.tag(),
                change.digest(),
                change.deletion(),
                change.at(),
                null));
      }
      return targets;
    } catch (OciFormatException e) {
      throw new MalformedHintException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A hint about a containerd's image says what it points to, unless the image is gone. The right
   * to send a registry's notifications must not include choosing modes and recipients, nor must a
   * site's to miss a name. What a later release heard of may be no better.
   */
  private HintTarget reference(Hint hint) throws MalformedHintException {
    HintTarget read = ReferenceBody.read(host, hint.bytes());
    return switch (hint.origin()) {
      case POLL, SYNC, BACKFILL, PUSH -> read;
      case CONTAINERD -> read.digest() == null ? read.asDeletion() : read;
      case SITE, WEBHOOK, UNKNOWN -> read.unasked();
    };
  }
}
