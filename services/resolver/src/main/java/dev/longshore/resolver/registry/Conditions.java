package dev.longshore.resolver.registry;

import dev.longshore.model.Digest;
import java.util.Arrays;
import java.util.Optional;

/**
 * The content that a client already has, and the part it wants (RFC 9110, 13 and 14). Content never
 * changes under its digest, so the digest is its entity tag.
 */
record Conditions(Optional<String> ifNoneMatch, Optional<String> range, Optional<String> ifRange) {

  static Conditions of(RegistryCall call) {
    return new Conditions(
        call.header("if-none-match"), call.header("range"), call.header("if-range"));
  }

  /** The entity tag of content with that digest. */
  static String entityTag(Digest digest) {
    return "\"" + digest + "\"";
  }

  /** Whether the client has this content. */
  boolean isKnown(Digest digest) {
    return ifNoneMatch
        .map(
            tags ->
                Arrays.stream(tags.split(","))
                    .map(String::strip)
                    .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                    .anyMatch(tag -> tag.equals("*") || tag.equals(entityTag(digest))))
        .orElse(false);
  }

  /** The wanted parts of content with that digest and size. */
  Ranges ranges(Digest digest, long size) {
    boolean applies = ifRange.map(String::strip).map(entityTag(digest)::equals).orElse(true);
    return applies ? Ranges.of(range, size) : new Ranges.Whole();
  }
}
