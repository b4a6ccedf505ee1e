package dev.longshore.ipfs.hold;

import dev.longshore.model.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which conversion holds blocks, as a {@link HoldNode} says: {@code
 * longshore:INSTALLATION:hold:UNTIL:ID:MARK}.
 *
 * @param prefix how the names of the installation's pins begin
 * @param until when whoever finds it may take it off, in whole seconds
 * @param id of one conversion in one process
 * @param mark by which the image is known again; a block must not name what is to be encrypted
 */
public record HoldName(String prefix, Instant until, String id, String mark) {
  private static final Pattern REST =
      Pattern.compile("hold:([0-9]{1,12}):([0-9a-f-]+):([0-9a-f]+)");

  /**
   * The name for one conversion.
   *
   * @param image the source digest
   */
  public static HoldName of(String prefix, Instant until, String id, Digest image) {
    return new HoldName(prefix, until, id, mark(id, image));
  }

  private static String mark(String id, Digest image) {
    return Digest.of((id + image).getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Whether what it holds is for the image of this source digest. */
  public boolean isOf(Digest image) {
    return mark.equals(mark(id, image));
  }

  /** As the node has it. */
  public String text() {
    return prefix + "hold:%d:%s:%s".formatted(until.getEpochSecond(), id, mark);
  }

  /** Empty for the name of anything else, or of another installation. */
  public static Optional<HoldName> parse(String prefix, String text) {
    if (!text.startsWith(prefix)) {
      return Optional.empty();
    }
    Matcher rest = REST.matcher(text.substring(prefix.length()));
    return rest.matches()
        ? Optional.of(
            new HoldName(
                prefix,
                Instant.ofEpochSecond(Long.parseLong(rest.group(1))),
                rest.group(2),
                rest.group(3)))
        : Optional.empty();
  }
}
