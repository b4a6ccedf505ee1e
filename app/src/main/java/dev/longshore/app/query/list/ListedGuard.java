package dev.longshore.app.query.list;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Guards;
import dev.longshore.app.query.ReleasePlan;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.retention.Surplus.HeldRelease;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LossGuard;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.SharedSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A guard that stops something, as {@code guard list} shows it.
 *
 * @param confirm what a decision says that lets it go
 * @param lasts how long that counts, as the id of the next such guard may be the same; null if it
 *     is of these peers alone
 * @param confirmed whether an operator has let it go
 * @param consequence what comes of it, in words
 */
public record ListedGuard(
    Confirm confirm,
    @Nullable Duration lasts,
    boolean confirmed,
    String line,
    ObjectNode json,
    long images,
    String consequence) {
  private static final Duration A_DAY = Duration.ofDays(1);

  /** All that stop something now. */
  public static List<ListedGuard> all(Catalog catalog, SharedSettings settings, Clock clock) {
    return all(catalog, settings, catalog.copies().byPeer().keySet(), clock);
  }

  /**
   * The same for who knows already who has copies.
   *
   * @param holders peers with verified copies
   */
  public static List<ListedGuard> all(
      Catalog catalog, SharedSettings settings, Set<PeerName> holders, Clock clock) {
    Instant now = clock.instant();
    List<ListedGuard> all = new ArrayList<>();
    Guards.of(catalog, ListedPeer.keepers(settings.peers()))
        .forEach(standing -> all.add(of(standing, now)));
    ReleasePlan.look(catalog, new Rules(settings.rules()), now)
        .held(now)
        .forEach(held -> all.add(of(held, now)));
    Guards.changes(catalog, PeersAndRules.of(settings), holders, clock)
        .forEach(changed -> all.add(of(changed)));
    return all;
  }

  public String id() {
    return confirm.guard();
  }

  private static ListedGuard of(Guards.Standing standing, Instant now) {
    LossGuard guard = standing.guard();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", guard.id())
        .put("cause", "peers lost")
        .put("count", guard.count())
        .put("of", guard.of())
        .put("since", guard.since().toString())
        .put("images", standing.images())
        .put("confirmed", standing.confirmed());
    guard.peers().stream().map(PeerName::text).sorted().forEach(node.withArray("peers")::add);
    return new ListedGuard(
        new Confirm(guard.id(), guard.count()),
        null,
        standing.confirmed(),
        line(standing, now),
        node,
        standing.images(),
        "copies of %d images are made elsewhere".formatted(standing.images()));
  }

  private static String line(Guards.Standing standing, Instant now) {
    LossGuard guard = standing.guard();
    return "%s  %d of %d peers are lost: %s; the first for %s; %d images have copies there, %s"
        .formatted(
            guard.id(),
            guard.count(),
            guard.of(),
            guard.peers().stream().map(PeerName::text).sorted().collect(Collectors.joining(", ")),
            ListedPeer.time(guard.since(), now),
            standing.images(),
            standing.confirmed()
                ? "and all are made elsewhere, as was confirmed"
                : "and only those down to one copy are made elsewhere; 'longshore guard"
                    + " confirm "
                    + guard.id()
                    + " --reason TEXT' lets the others go on");
  }

  private static ListedGuard of(HeldRelease held, Instant now) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    HeldView.put(node, held);
    return new ListedGuard(
        new Confirm(held.guard().id(), held.guard().count()),
        A_DAY,
        held.confirmed(),
        HeldView.line(held, now),
        node,
        held.guard().count(),
        "%d images are taken off their peers".formatted(held.guard().count()));
  }

  private static ListedGuard of(Guards.Changed changed) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ChangedView.put(node, changed);
    boolean isMove = changed.left().isEmpty();
    return new ListedGuard(
        new Confirm(changed.id(), changed.count(), isMove ? null : changed.left()),
        isMove ? A_DAY : null,
        changed.confirmed(),
        ChangedView.line(changed),
        node,
        changed.count(),
        (isMove ? "copies of %d images go" : "copies of %d peers are made elsewhere")
            .formatted(changed.count()));
  }
}
