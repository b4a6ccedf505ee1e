package dev.longshore.resolver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Range headers that ask for nothing, for too much, or for it again and again. */
final class RangeAttackTest {
  /** Bytes of the bodies that each header is read for. */
  private static final List<Long> SIZES =
      List.of(0L, 1L, 1_000L, 1L << 40, Long.MAX_VALUE - 1, Long.MAX_VALUE);

  /** Bytes; a header of 1 MiB is taken apart once for each size. */
  private static final long MOST_BYTES = 128L << 20;

  /** A header that cannot be understood is no error: it is passed over (RFC 9110, 14.2). */
  private static final Attack<Map<Long, Ranges>> ATTACK =
      new Attack<>(
          RangeAttackTest.class,
          "services/resolver",
          RangeAttackTest::read,
          List.of(),
          MOST_BYTES,
          (answers, header) -> answers.forEach(RangeAttackTest::holds));

  private static Map<Long, Ranges> read(byte[] header) {
    String text = new String(header, StandardCharsets.ISO_8859_1);
    Map<Long, Ranges> answers = new TreeMap<>();
    SIZES.forEach(size -> answers.put(size, Ranges.of(Optional.of(text), size)));
    return answers;
  }

  /** Parts lie in the body, are no more bytes than it, and asked for by name are the same parts. */
  private static void holds(long size, Ranges ranges) {
    if (!(ranges instanceof Ranges.Parts(List<ContentRange> parts))) {
      return;
    }
    assertThat(parts).isNotEmpty().hasSizeLessThanOrEqualTo(Ranges.MOST_PARTS);
    BigInteger asked = BigInteger.ZERO;
    for (ContentRange part : parts) {
      assertThat(part.first()).isNotNegative().isLessThanOrEqualTo(part.last());
      assertThat(part.last()).isLessThan(size);
      asked = asked.add(BigInteger.valueOf(part.length()));
    }
    assertThat(asked).isLessThanOrEqualTo(BigInteger.valueOf(size));
    if (parts.stream().allMatch(part -> part.last() < 1_000_000_000_000_000_000L)) {
      assertThat(Ranges.of(Optional.of("bytes=" + text(parts)), size)).isEqualTo(ranges);
    }
  }

  private static String text(List<ContentRange> parts) {
    return parts.stream().map(p -> p.first() + "-" + p.last()).collect(Collectors.joining(","));
  }

  private static String parts(int count, String part) {
    return "bytes="
        + IntStream.range(0, count)
            .mapToObj(i -> part.formatted(i))
            .collect(Collectors.joining(","));
  }

  private static List<HostileInput> inputs() {
    HostileInputs inputs = new HostileInputs(Attack.seed());
    inputs.damage("bytes=0-99, 200-299,-5".getBytes(StandardCharsets.ISO_8859_1));
    List<String> numbers = new ArrayList<>(HostileInputs.oddNumbers());
    numbers.addAll(List.of("999999999999999999", "1000000000000000000", "+1", "1_000", "0x1"));
    inputs.each("first", numbers, number -> "bytes=" + number + "-");
    inputs.each("last", numbers, number -> "bytes=0-" + number);
    inputs.each("suffix", numbers, number -> "bytes=-" + number);
    inputs.each("second part", numbers, number -> "bytes=0-0," + number + "-" + number);
    inputs.each("unit", HostileInputs.oddTexts(), text -> text + "=0-1");
    inputs.each("part", HostileInputs.oddTexts(), text -> "bytes=" + text);
    inputs.add("10,000 parts of a byte", parts(10_000, "%1$d-%1$d"));
    inputs.add("10,000 times the same byte", parts(10_000, "0-0"));
    inputs.add("10,000 times all", parts(10_000, "0-"));
    inputs.add("512 times all", parts(512, "0-"));
    inputs.add("two times all", "bytes=0-,0-");
    inputs.add("three times all", "bytes=0-,0-,0-");
    inputs.add("overlapping parts", parts(500, "%1$d-999"));
    inputs.add("512 parts behind the end", parts(512, "99999999999999999%1$d-"));
    inputs.add("nothing from the end", "bytes=-0");
    inputs.add("nothing from the end 10,000 times", parts(10_000, "-0"));
    inputs.add("commas", "bytes=" + ",".repeat(100_000));
    inputs.add("blanks", "bytes=0" + " ".repeat(100_000) + "-" + " ".repeat(100_000) + "x");
    inputs.add("minus signs", "bytes=" + "-".repeat(100_000));
    inputs.add("digits of another script", "bytes=\u00b2-\u00b3");
    inputs.add("two units", "bytes=0-1,bytes=0-1");
    return inputs.list();
  }

  @Test
  void headersAskForPartsOfTheBodyOrAreIgnored() {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally).isEqualTo(new Attack.Tally(inputs.size(), 0));
  }

  @Test
  void damagedHeadersAskForPartsOfTheBodyOrAreIgnored() {
    Attack.Tally tally =
        ATTACK.mutating(
            List.of(
                "bytes=0-99, 200-299,-5".getBytes(StandardCharsets.ISO_8859_1),
                "bytes=500-".getBytes(StandardCharsets.ISO_8859_1)));

    assertThat(tally.accepted()).isPositive();
  }
}
