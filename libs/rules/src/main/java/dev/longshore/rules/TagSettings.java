package dev.longshore.rules;

import dev.longshore.settings.Setting;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which tags of a repository a rule accepts; it accepts a digest without a tag. */
public record TagSettings(
    @Setting(value = "[]", doc = "tags to accept, * matches any characters; all if empty")
        List<String> allow,
    @Setting(value = "[]", doc = "tags to leave out, even if allow matches them") List<String> deny,
    @Setting(
            doc =
                "versions to accept, such as \">=1.2 <2 || ^3.1\"; other tags are left out, and"
                    + " pre-releases unless the range names one")
        @Nullable String semver) {

  /** Accepts every tag. */
  public static final TagSettings ALL = new TagSettings(List.of(), List.of(), null);

  public TagSettings {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    check("allow", allow);
    check("deny", deny);
    if (semver != null) {
      try {
        SemverRange.parse(semver);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("semver: " + e.getMessage(), e);
      }
    }
  }

  private static void check(String key, List<String> patterns) {
    patterns.forEach(pattern -> checkPattern(key, pattern));
  }

  static void checkPattern(String key, String pattern) {
    try {
      GlobPattern.parse(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
    if (pattern.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          key + ": \"" + pattern + "\" (expected: a pattern of tags, which have no /)");
    }
  }

  /**
   * Why the tag is left out; empty if it is accepted.
   *
   * @param tag empty, or a digest, if there is no tag
   */
  public Optional<String> refusal(String tag) {
    if (tag.isEmpty() || tag.indexOf(':') >= 0) {
      return Optional.empty();
    }
    Optional<String> denied = deny.stream().filter(p -> matches(p, tag)).findFirst();
    if (denied.isPresent()) {
      return Optional.of("tags.deny has " + denied.get());
    }
    if (!allow.isEmpty() && allow.stream().noneMatch(p -> matches(p, tag))) {
      return Optional.of("tags.allow is " + String.join(", ", allow));
    }
    return semver == null || SemverRange.parse(semver).contains(tag)
        ? Optional.empty()
        : Optional.of("tags.semver is " + semver);
  }

  private static boolean matches(String pattern, String tag) {
    return GlobPattern.parse(pattern).matches(tag);
  }
}
