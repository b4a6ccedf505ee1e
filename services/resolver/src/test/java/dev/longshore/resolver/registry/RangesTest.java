package dev.longshore.resolver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangesTest {
  private static final long SIZE = 1000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-0 | 0-0",
        "bytes=0-1 | 0-1",
        "bytes=0-999 | 0-999",
        "bytes=0-1000 | 0-999",
        "bytes=500- | 500-999",
        "bytes=999- | 999-999",
        "bytes=-1 | 999-999",
        "bytes=-1000 | 0-999",
        "bytes=-5000 | 0-999",
        "BYTES=1-2 | 1-2",
        "bytes= 1 - 2 | 1-2",
        "bytes=0-1,4-5 | 0-1,4-5",
        "bytes=4-5, 0-1 | 4-5,0-1",
        "bytes=0-1,2000-3000 | 0-1",
        "bytes=2000-3000,-2 | 998-999",
        "bytes=0-9,5-14 | 0-9,5-14",
        "bytes=0-999999999999999999 | 0-999",
      })
  void partsAreCutToTheBody(String header, String expected) {
    assertThat(Ranges.of(Optional.of(header), SIZE)).isEqualTo(parts(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "bytes=5-4",
        "bytes=0-1,5-4",
        "bytes=0-1,",
        "bytes=--1",
        "bytes=0-9999999999999999999",
        "items=0-1",
        "seconds=1-2",
        "bytes=0-999,0-999",
        "bytes=0-0x1",
      })
  void headersThatMustBeIgnoredGiveTheWhole(String header) {
    assertThat(Ranges.of(Optional.of(header), SIZE)).isEqualTo(new Ranges.Whole());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=1000-,5000-6000"})
  void partsBehindTheEndCannotBeGiven(String header) {
    assertThat(Ranges.of(Optional.of(header), SIZE)).isEqualTo(new Ranges.Unsatisfiable());
  }

  @Test
  void noHeaderAsksForTheWhole() {
    assertThat(Ranges.of(Optional.empty(), SIZE)).isEqualTo(new Ranges.Whole());
  }

  @Test
  void nothingLiesWithinAnEmptyBody() {
    assertThat(Ranges.of(Optional.of("bytes=0-"), 0)).isEqualTo(new Ranges.Unsatisfiable());
    assertThat(Ranges.of(Optional.of("bytes=-1"), 0)).isEqualTo(new Ranges.Unsatisfiable());
  }

  @Test
  void tooManyPartsGiveTheWhole() {
    String header =
        "bytes="
            + IntStream.range(0, Ranges.MOST_PARTS + 1)
                .mapToObj(i -> 2 * i + "-" + 2 * i)
                .collect(Collectors.joining(","));

    assertThat(Ranges.of(Optional.of(header), 1L << 40)).isEqualTo(new Ranges.Whole());
  }

  private static Ranges parts(String text) {
    return new Ranges.Parts(
        Arrays.stream(text.split(","))
            .map(part -> part.split("-"))
            .map(ends -> new ContentRange(Long.parseLong(ends[0]), Long.parseLong(ends[1])))
            .toList());
  }
}
