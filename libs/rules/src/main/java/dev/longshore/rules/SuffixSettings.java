package dev.longshore.rules;

import dev.longshore.model.Mode;
import dev.longshore.settings.Setting;
import java.util.List;

/** What is added to a tag for the modes that the tag alone does not stand for. */
public record SuffixSettings(
    @Setting(value = "-plain", doc = "added to tags for mode plain, where it is not preferred")
        String plain,
    @Setting(value = "-estargz", doc = "added to tags for mode estargz") String estargz,
    @Setting(value = "-zstdchunked", doc = "added to tags for mode zstdchunked") String zstdchunked,
    @Setting(value = "-encrypted", doc = "added to tags for mode encrypted") String encrypted) {

  /** What holds where a rule says nothing. */
  public static final SuffixSettings DEFAULT =
      new SuffixSettings("-plain", "-estargz", "-zstdchunked", "-encrypted");

  /** Characters of a tag (distribution specification), of which the half is left to names. */
  private static final String FORM = "[a-zA-Z0-9._-]{1,64}";

  public SuffixSettings {
    List<String> all = List.of(plain, estargz, zstdchunked, encrypted);
    for (String suffix : all) {
      if (!suffix.matches(FORM)) {
        throw new IllegalArgumentException(
            "\"" + suffix + "\" (expected: 1 to 64 of a-z A-Z 0-9 . _ -)");
      }
    }
    if (all.stream().distinct().count() < all.size()) {
      throw new IllegalArgumentException("suffixes: " + all + " (expected: one for each mode)");
    }
  }

  /** What is added for this mode. */
  public String of(Mode mode) {
    return switch (mode) {
      case PLAIN -> plain;
      case ESTARGZ -> estargz;
      case ZSTDCHUNKED -> zstdchunked;
      case ENCRYPTED -> encrypted;
    };
  }
}
