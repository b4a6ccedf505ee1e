package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tags that say which manifest something belongs to: cosign's, and the list of referrers that
 * clients keep where a registry keeps none (distribution specification, "Referrers Tag Schema").
 */
public final class ReferrerTags {
  private static final Pattern SCHEMA = Pattern.compile("sha256-([0-9a-f]{64})(\\..+)?");

  /** What cosign appends for a signature, an attestation and an SBOM. */
  private static final List<String> SUFFIXES = List.of("", ".sig", ".att", ".sbom");

  /** Characters of a tag (distribution specification). */
  private static final int TAG_LENGTH = 128;

  private ReferrerTags() {}

  /** What the tag's content belongs to; empty for a tag of any other kind. */
  public static Optional<Digest> subject(Tag tag) {
    Matcher schema = SCHEMA.matcher(tag.text());
    return schema.matches() ? Optional.of(Digest.sha256(schema.group(1))) : Optional.empty();
  }

  /** Tags that may have something that belongs to this digest. */
  public static List<Tag> of(Digest subject) {
    String tag = subject.toString().replace(':', '-');
    return SUFFIXES.stream()
        .map(suffix -> tag + suffix)
        .filter(text -> text.length() <= TAG_LENGTH)
        .map(Tag::new)
        .toList();
  }
}
