package dev.longshore.resolver.site;

import dev.longshore.events.ImageState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a hub says of a change.
 *
 * @param mode of what names show
 * @param traceparent W3C trace context of the pushes
 * @param at when it changed
 */
record TwinChanges(String mode, @Nullable String traceparent, Instant at) {
  private static final List<String> PLATFORMS = List.of("linux/amd64");

  /** What a name shows, until a rule says how it is kept. */
  record Shown(ServedState served, ImageState image) {
    NameChange of(Keep keep, int priority, @Nullable Long maxAge) {
      return new NameChange(served, List.of(image), keep, priority, maxAge);
    }
  }

  Shown shows(RepositoryName name, Tag tag, Digest source, MirroredImage image) {
    TwinImage shown = new TwinImage(image, mode, source);
    return new Shown(
        new ServedState(
            name,
            tag,
            source,
            null,
            List.of(shown.result(at, traceparent)),
            new ImageDag(image.dag()),
            null,
            at),
        shown.state(name, PLATFORMS, null, null));
  }

  NameChange offers(NameChange change, String other, MirroredImage image) {
    ServedState.Result result = change.served().results().getFirst();
    TwinImage offered = new TwinImage(image, other, result.source());
    RepositoryName name = change.images().getFirst().name();
    return new NameChange(
        change.served(),
        change.images(),
        change.keep(),
        change.priority(),
        change.maxAgeSeconds(),
        List.of(
            new NameChange.Other(
                offered.result(at, null), offered.state(name, PLATFORMS, null, image.digest()))));
  }

  NameChange follows(
      NameChange change, Map<MirroredImage, Digest> referrers, boolean leavesReferrersOut) {
    return new NameChange(
        change.served(),
        change.images(),
        change.keep(),
        change.priority(),
        change.maxAgeSeconds(),
        change.others(),
        referrers.entrySet().stream()
            .map(each -> referrer(change.served().name(), each.getKey(), each.getValue()))
            .toList(),
        leavesReferrersOut ? true : null);
  }

  private NameChange.Other referrer(RepositoryName name, MirroredImage image, Digest subject) {
    TwinImage shown = new TwinImage(image, "plain", image.digest());
    return new NameChange.Other(
        shown.result(at, null), shown.state(name, List.of(), subject, null));
  }

  NameChange forgets(RepositoryName name, Digest digest, @Nullable Digest subject) {
    return ends(name, null, digest, subject, RemovalReason.FORGOTTEN, Keep.ON_DEMAND, 0);
  }

  NameChange removes(NameChange change, RemovalReason reason) {
    ServedState was = change.served();
    return ends(
        was.name(), was.tag(), was.digest(), null, reason, change.keep(), change.priority());
  }

  private NameChange ends(
      RepositoryName name,
      @Nullable Tag tag,
      Digest digest,
      @Nullable Digest subject,
      RemovalReason reason,
      Keep keep,
      int priority) {
    return new NameChange(
        new ServedState(name, tag, digest, subject, List.of(), null, reason, at),
        List.of(),
        keep,
        priority,
        null);
  }
}
