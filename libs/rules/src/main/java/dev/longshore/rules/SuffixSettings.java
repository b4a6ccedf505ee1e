package dev.longshore.rules;

import dev.longshore.model.Mode;
import dev.longshore.settings.Setting;
import java.util.List;

/** The suffixes of tags for the modes that the tag alone does not select. */
public record SuffixSettings(
    @Setting(
            value = "-plain",
            doc = "suffix of tags for mode plain, if it is not the preferred mode")
        String plain,
    @Setting(value = "-estargz", doc = "suffix of tags for mode estargz") String estargz,
    @Setting(value = "-zstdchunked", doc = "suffix of tags for mode zstdchunked")
        String zstdchunked,
    @Setting(value = "-encrypted", doc = "suffix of tags for mode encrypted") String encrypted) {

  /** The default of a rule. */
  public static final SuffixSettings DEFAULT =
      new SuffixSettings("-plain", "-estargz", "-zstdchunked", "-encrypted");

  /** Characters of a tag (distribution specification); half of them are left for names. */
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

  /** The suffix for this mode. */
  public String of(Mode mode) {
    return switch (mode) {
      case PLAIN -> plain;
      case ESTARGZ -> estargz;
      case ZSTDCHUNKED -> zstdchunked;
      case ENCRYPTED -> encrypted;
    };
  }
}
