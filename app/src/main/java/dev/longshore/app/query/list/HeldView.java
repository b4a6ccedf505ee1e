package dev.longshore.app.query.list;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.catalog.retention.Surplus.HeldRelease;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.ReleaseGuard;
import java.time.Instant;

/** A guard that stops a release of images, as {@code guard list} shows it. */
public final class HeldView {
  private HeldView() {}

  public static String line(HeldRelease held, Instant now) {
    ReleaseGuard guard = held.guard();
    RepositoryName repository = guard.repository();
    return "%s  %d of %d images of %s would go at once, the first for %s; %s"
        .formatted(
            guard.id(),
            guard.count(),
            guard.of(),
            repository == null ? "all repositories" : repository,
            ListedPeer.time(guard.since(), now),
            held.confirmed()
                ? "they do, as was confirmed"
                : "'longshore plan release' lists them, 'longshore guard confirm "
                    + guard.id()
                    + " --reason TEXT' lets them go");
  }

  public static void put(ObjectNode node, HeldRelease held) {
    ReleaseGuard guard = held.guard();
    RepositoryName repository = guard.repository();
    node.put("id", guard.id())
        .put("cause", "images released")
        .put("count", guard.count())
        .put("of", guard.of())
        .put("since", guard.since().toString())
        .put("images", guard.count())
        .put("confirmed", held.confirmed())
        .put("repository", repository == null ? null : repository.toString());
  }
}
