package dev.longshore.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Families of inputs that break parsers; knows no parser. The same seed gives the same inputs. */
public final class HostileInputs {
  private static final int LONG_RUN = 64 * 1024;

  private final RandomGenerator random;
  private final List<HostileInput> inputs = new ArrayList<>();

  public HostileInputs(long seed) {
    this.random = new SplitMix(seed);
  }

  public HostileInputs add(String what, byte[] bytes) {
    inputs.add(new HostileInput(what, bytes));
    return this;
  }

  public HostileInputs add(String what, String text) {
    inputs.add(HostileInput.of(what, text));
    return this;
  }

  /** One input for each of the values, put where the function wants it. */
  public HostileInputs each(String what, List<String> values, Function<String, String> place) {
    values.forEach(value -> add(what + " " + shown(value), place.apply(value)));
    return this;
  }

  /** Cuts, repeats, zeros, bytes that are no UTF-8, long runs and mixtures of something valid. */
  public HostileInputs damage(byte[] valid) {
    int length = valid.length;
    for (int end : new int[] {0, 1, length / 2, length - 1, below(length), below(length)}) {
      add("cut to " + end + " bytes", Arrays.copyOf(valid, end));
    }
    add("zeros", new byte[length]);
    add("noise", noise(length));
    add("twice", joined(valid, valid));
    add("zeros behind", joined(valid, new byte[LONG_RUN]));
    add(
        "a mark of UTF-8 before",
        joined(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, valid));
    add(
        "as UTF-16",
        new String(valid, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16));
    insert("a NUL", valid, new byte[1]);
    insert("0xFF", valid, new byte[] {(byte) 0xFF});
    insert("an overlong slash", valid, new byte[] {(byte) 0xC0, (byte) 0xAF});
    insert("half a character", valid, new byte[] {(byte) 0xE2, (byte) 0x82});
    insert("a long run of one byte", valid, run(valid[below(length)]));
    insert("a long run of 0x80", valid, run((byte) 0x80));
    insert("itself", valid, valid);
    for (int i = 0; i < 4; i++) {
      add("a mixture", Mutations.mutate(Mutations.mutate(valid, random), random));
    }
    return this;
  }

  private void insert(String what, byte[] valid, byte[] piece) {
    int at = below(valid.length);
    byte[] head = Arrays.copyOf(valid, at);
    add(what + " at " + at, joined(head, piece, Arrays.copyOfRange(valid, at, valid.length)));
  }

  public List<HostileInput> list() {
    return List.copyOf(inputs);
  }

  public byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private int below(int bound) {
    return random.nextInt(bound);
  }

  private static byte[] run(byte value) {
    byte[] run = new byte[LONG_RUN];
    Arrays.fill(run, value);
    return run;
  }

  /** Spellings of numbers that are negative, huge, over a type's range or no numbers at all. */
  public static List<String> oddNumbers() {
    return List.of(
        "-1",
        "-0",
        "00",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551617",
        "-9223372036854775809",
        "9".repeat(900),
        "9".repeat(20_000),
        "1.5",
        "2.0",
        "1e400",
        "1e999999999",
        "-1e-999999999",
        "0x10",
        "NaN",
        "\u0661\u0662");
  }

  /** Texts that look like something else, or that logs, paths and patterns stumble over. */
  public static List<String> oddTexts() {
    return List.of(
        "",
        " ",
        "..",
        "../../etc/passwd",
        "a/../../b",
        "/",
        "//",
        "%2e%2e%2f",
        "%00",
        "a\u0000b",
        "\n\rSet-Cookie: x",
        "\u001b[31m",
        "\u202Egnp.exe",
        "\uFEFFname",
        "\u0130stanbul",
        "\uD83D\uDEA2",
        "\u212A\u017F",
        "a".repeat(256),
        "a".repeat(100_000),
        "a-".repeat(50_000),
        "a/".repeat(50_000),
        "-".repeat(50_000) + "!");
  }

  /** Varints (LEB128) that lie about what follows: huge, negative in Java, overlong, endless. */
  public static List<HostileInput> lyingLengths() {
    return List.of(
        new HostileInput("length 0", varint(0)),
        new HostileInput("length 2^31-1", varint(Integer.MAX_VALUE)),
        new HostileInput("length 2^31", varint(1L << 31)),
        new HostileInput("length 2^32+1", varint((1L << 32) + 1)),
        new HostileInput("length 2^63-1", varint(Long.MAX_VALUE)),
        new HostileInput("length -1", varint(-1)),
        new HostileInput("length -2^63", varint(Long.MIN_VALUE)),
        new HostileInput("length 0 in two bytes", new byte[] {(byte) 0x80, 0}),
        new HostileInput("length without an end", run((byte) 0xFF)));
  }

  /** An unsigned varint of all 64 bits. */
  public static byte[] varint(long value) {
    var out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  public static byte[] joined(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Different texts of one value under a hash of the kind {@code hash * factor + character}. */
  public static List<String> collidingNames(int factor, int bits) {
    String one = "A" + (char) ('0' + factor);
    String other = "B0";
    return IntStream.range(0, 1 << bits)
        .mapToObj(
            number -> {
              var name = new StringBuilder();
              for (int bit = 0; bit < bits; bit++) {
                name.append(((number >> bit) & 1) == 0 ? one : other);
              }
              return name.toString();
            })
        .toList();
  }

  private static String shown(String value) {
    return value.length() > 40 ? value.substring(0, 40) + "... of " + value.length() : value;
  }
}
