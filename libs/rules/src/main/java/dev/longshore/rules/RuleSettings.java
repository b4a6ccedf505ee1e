package dev.longshore.rules;

import dev.longshore.model.Mode;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings for the images that a pattern matches. The first matching rule applies. */
public record RuleSettings(
    @Setting(
            value = "**",
            doc =
                "registry/repository; * matches a part of a path or a piece of one, ** any number"
                    + " of parts")
        String match,
    @Setting(
            value = "[plain]",
            doc = "modes to store: plain, estargz, zstdchunked, encrypted; not mirrored if empty")
        List<Mode> modes,
    @Setting(value = "[]", doc = "platforms such as linux/arm64 or linux/arm/v7; all if empty")
        List<String> platforms,
    @Setting(value = "3", unit = "copies", doc = "verified copies to reach") int copies,
    @Setting(
            value = "1",
            unit = "copies",
            doc = "number of verified copies at which the ingest peer may drop the image")
        int minCopies,
    @Setting(value = "{}", doc = "on which peers") PlacementSettings placement,
    @Setting(doc = "larger images are refused; no limit if absent") @Nullable ByteSize maxSize,
    @Setting(value = "{}", doc = "which tags") TagSettings tags,
    @Setting(value = "{}", doc = "suffixes of tags for further modes") SuffixSettings suffixes,
    @Setting(
            value = "[]",
            doc =
                "who can decrypt images in mode encrypted: jwe:, pkcs7: or pgp: and the file of a"
                    + " public key or certificate")
        List<String> recipients,
    @Setting(
            value = "[]",
            doc =
                "layers that mode encrypted encrypts, by number from 0, negative ones from the top;"
                    + " the others stay readable; all if empty")
        List<String> layers,
    @Setting(
            value = "[]",
            doc = "paths of files that a lazily started container needs first, for the lazy modes")
        List<String> prefetch,
    @Setting(doc = "largest piece of a file in the lazy modes; the release's default if absent")
        @Nullable ByteSize chunkSize,
    @Setting(
            doc =
                "smaller files share a piece up to this size in the lazy modes; the release's"
                    + " default if absent")
        @Nullable ByteSize minChunkSize,
    @Setting(doc = "which versions stay that no tag points to any longer; all if absent")
        @Nullable KeepSettings keep,
    @Setting(
            value = "guarded",
            doc =
                "guarded: 20 images and 5 % of a repository, or more, go at once only when an"
                    + " operator confirms it; unattended: at once")
        ReleaseSettings release,
    @Setting(
            doc =
                "if a tag moves again within this time, only its last version is converted, but one"
                    + " at least every ten times as long; each push waits this long, at most 5m;"
                    + " none waits if absent")
        @Nullable Duration debounce) {
  /** Pushes that wait take the places of others in Kafka's partitions. */
  private static final Duration LONGEST_DEBOUNCE = Duration.ofMinutes(5);

  private static final String LAYER = "-?[0-9]{1,4}";

  public RuleSettings {
    modes = modes.stream().distinct().toList();
    platforms = List.copyOf(platforms);
    recipients = List.copyOf(recipients);
    layers = List.copyOf(layers);
    prefetch = List.copyOf(prefetch);
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
    for (String layer : layers) {
      if (!layer.matches(LAYER)) {
        throw new IllegalArgumentException(
            "layers: \"" + layer + "\" (expected: numbers, 0 is the lowest, -1 the top)");
      }
    }
    if (modes.contains(Mode.ENCRYPTED) && recipients.isEmpty()) {
      throw new IllegalArgumentException(
          "recipients: none (expected: one or more, such as jwe:/etc/longshore/team.pem, as modes"
              + " has encrypted)");
    }
    if (debounce != null && (!debounce.isPositive() || debounce.compareTo(LONGEST_DEBOUNCE) > 0)) {
      throw new IllegalArgumentException(
          "debounce: " + debounce + " (expected: more than 0s, at most 5m)");
    }
    GlobPattern.parse(match);
  }

  /** Keeps every version. */
  public RuleSettings(
      String match,
      List<Mode> modes,
      List<String> platforms,
      int copies,
      int minCopies,
      PlacementSettings placement,
      @Nullable ByteSize maxSize,
      TagSettings tags,
      SuffixSettings suffixes,
      List<String> recipients,
      List<String> layers,
      List<String> prefetch,
      @Nullable ByteSize chunkSize,
      @Nullable ByteSize minChunkSize) {
    this(
        match,
        modes,
        platforms,
        copies,
        minCopies,
        placement,
        maxSize,
        tags,
        suffixes,
        recipients,
        layers,
        prefetch,
        chunkSize,
        minChunkSize,
        null,
        ReleaseSettings.GUARDED,
        null);
  }

  /** Without the settings of further modes. */
  public RuleSettings(
      String match,
      List<Mode> modes,
      List<String> platforms,
      int copies,
      int minCopies,
      @Nullable ByteSize maxSize) {
    this(
        match,
        modes,
        platforms,
        copies,
        minCopies,
        PlacementSettings.ANYWHERE,
        maxSize,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  /** The mode that a name selects: plain if the rule has it, else the first. */
  public Mode preferredMode() {
    return modes.isEmpty() || modes.contains(Mode.PLAIN) ? Mode.PLAIN : modes.getFirst();
  }

  /** The same, with these versions kept. */
  public RuleSettings keeping(@Nullable KeepSettings kept, ReleaseSettings how) {
    return new RuleSettings(
        match,
        modes,
        platforms,
        copies,
        minCopies,
        placement,
        maxSize,
        tags,
        suffixes,
        recipients,
        layers,
        prefetch,
        chunkSize,
        minChunkSize,
        kept,
        how,
        debounce);
  }

  /** The same, with pushes that wait for the next. */
  public RuleSettings debounced(@Nullable Duration time) {
    return new RuleSettings(
        match,
        modes,
        platforms,
        copies,
        minCopies,
        placement,
        maxSize,
        tags,
        suffixes,
        recipients,
        layers,
        prefetch,
        chunkSize,
        minChunkSize,
        keep,
        release,
        time);
  }

  /** Whether no part of the image may be readable without a key. */
  public boolean encryptedOnly() {
    return modes.equals(List.of(Mode.ENCRYPTED));
  }

  /**
   * Whether the image is mirrored.
   *
   * @param tag empty, or a digest, if there is no tag
   */
  public boolean takes(String tag) {
    return !modes.isEmpty() && tags.refusal(tag).isEmpty();
  }
}
