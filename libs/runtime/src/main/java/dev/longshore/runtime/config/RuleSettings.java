package dev.longshore.runtime.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of the images that a pattern matches. The first rule that matches is taken. */
public record RuleSettings(
    @Setting(
            value = "**",
            doc =
                "registry/repository; * stands for a part of a path or a piece of one, ** for any"
                    + " number of parts")
        String match,
    @Setting(
            value = "[plain]",
            doc = "forms to store: plain, estargz, encrypted; not mirrored if empty")
        List<Mode> modes,
    @Setting(value = "[]", doc = "platforms such as linux/arm64 or linux/arm/v7; all if empty")
        List<String> platforms,
    @Setting(value = "3", unit = "copies", doc = "verified copies to reach") int copies,
    @Setting(
            value = "1",
            unit = "copies",
            doc = "verified copies from which the peer that took the image in need not keep it")
        int minCopies,
    @Setting(doc = "larger images are refused; no limit if absent") @Nullable ByteSize maxSize) {

  public RuleSettings {
    modes = List.copyOf(modes);
    platforms = List.copyOf(platforms);
    if (copies < 1 || minCopies < 1 || minCopies > copies) {
      throw new IllegalArgumentException(
          "copies: "
              + copies
              + ", min-copies: "
              + minCopies
              + " (expected: 1 or more, and min-copies not above copies)");
    }
    for (String platform : platforms) {
      if (!platform.matches("[a-z0-9._-]+/[a-z0-9._-]+(/[a-z0-9._-]+)?")) {
        throw new IllegalArgumentException(
            "platforms: \"" + platform + "\" (expected: os/architecture[/variant])");
      }
    }
    GlobPattern.parse(match);
  }
}
