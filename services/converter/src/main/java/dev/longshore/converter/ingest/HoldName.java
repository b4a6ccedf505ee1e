package dev.longshore.converter.ingest;

import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who holds blocks, as a {@link HoldNode} says: {@code longshore:INSTALLATION:hold:UNTIL:ID:MARK}.
 *
 * @param until when whoever finds it may take it off, in whole seconds
 * @param id of one conversion in one process
 * @param mark by which the image is known again; a block must not name what is to be encrypted
 */
record HoldName(InstallationName installation, Instant until, String id, String mark) {
  private static final Pattern REST =
      Pattern.compile("hold:([0-9]{1,12}):([0-9a-f-]+):([0-9a-f]+)");

  /**
   * The name for one conversion.
   *
   * @param image the source digest
   */
  static HoldName of(InstallationName installation, Instant until, String id, Digest image) {
    return new HoldName(installation, until, id, mark(id, image));
  }

  private static String mark(String id, Digest image) {
    return Digest.of((id + image).getBytes(StandardCharsets.UTF_8)).hex();
  }

  boolean isOf(Digest image) {
    return mark.equals(mark(id, image));
  }

  String text() {
    return PinNames.prefix(installation)
        + "hold:%d:%s:%s".formatted(until.getEpochSecond(), id, mark);
  }

  /** Empty for the name of anything else, or of another installation. */
  static Optional<HoldName> parse(InstallationName installation, String text) {
    String prefix = PinNames.prefix(installation);
    if (!text.startsWith(prefix)) {
      return Optional.empty();
    }
    Matcher rest = REST.matcher(text.substring(prefix.length()));
    return rest.matches()
        ? Optional.of(
            new HoldName(
                installation,
                Instant.ofEpochSecond(Long.parseLong(rest.group(1))),
                rest.group(2),
                rest.group(3)))
        : Optional.empty();
  }
}
