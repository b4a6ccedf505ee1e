package dev.longshore.resolver.hub;

import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.sites.Keep;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One image that a name shows to the sites of a group, in numbers: a hub remembers as many as its
 * groups' rules name. Texts are stored as hashes; among a million, two collide with odds of one in
 * thirty million.
 *
 * @param name hash of the name's key
 * @param repository hash of its repository
 * @param partition partition of the name's record in topic {@code served}
 * @param offset offset of that record
 * @param dag hash of the image DAG
 * @param source hash of the source digest
 * @param mode the mode
 * @param bytes what it takes at a site, as far as is known
 * @param since when it was pushed, or observed if the push time is unknown, in milliseconds
 * @param isPushKnown whether the push time is known
 * @param shownAt when the name came to show it, in milliseconds
 * @param rule the rule that names it
 */
record NamedImage(
    long name,
    long repository,
    int partition,
    long offset,
    long dag,
    long source,
    ModeName mode,
    long bytes,
    long since,
    boolean isPushKnown,
    long shownAt,
    SiteRuleSettings rule) {
  private static final Map<ModeName, ModeName> KNOWN =
      Arrays.stream(Mode.values())
          .map(ModeName::of)
          .collect(Collectors.toMap(mode -> mode, mode -> mode));

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  static NamedImage of(
      ServedState served,
      Result result,
      long bytes,
      int partition,
      long offset,
      SiteRuleSettings rule) {
    Instant since = result.pushedAt() == null ? result.observedAt() : result.pushedAt();
    return new NamedImage(
        hash(served.key()),
        hash(served.name().toString()),
        partition,
        offset,
        hash(result.imageDag()),
        hash(result.source()),
        shared(result.mode()),
        bytes,
        since.toEpochMilli(),
        result.pushedAt() != null,
        result.changedAt().toEpochMilli(),
        rule);
  }

  /** One object for all images of a mode that this release knows. */
  private static ModeName shared(ModeName mode) {
    return KNOWN.getOrDefault(mode, mode);
  }

  static long hash(ImageDag dag) {
    return hash(dag.toString());
  }

  static long hash(Digest digest) {
    return hash(digest.toString());
  }

  /** FNV-1a of 64 bits, mixed: its low bits alone depend on few of the text's. */
  static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    hash ^= hash >>> 32;
    hash *= 0x9e3779b97f4a7c15L;
    return hash ^ (hash >>> 29);
  }

  /** Whether sites keep it before any request. */
  boolean isKept() {
    return rule.keep() != Keep.ON_DEMAND;
  }

  Instant time() {
    return Instant.ofEpochMilli(since);
  }
}
