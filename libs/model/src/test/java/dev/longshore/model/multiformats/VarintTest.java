package dev.longshore.model.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "255, ff01",
    "300, ac02",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f",
  })
  void writesAndReads(long value, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    byte[] written = new byte[Varint.MAX_BYTES];
    int length = Varint.write(value, written, 0);

    assertThat(Arrays.copyOf(written, length)).isEqualTo(bytes).hasSize(Varint.length(value));
    assertThat(new ByteCursor(bytes).varint()).isEqualTo(value);
    assertThat(new ByteCursor(bytes).protoVarint()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8000", "ff00", "ffffffffffffffffff01"})
  void refusesWhatIsNotMinimalOrTooLong(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThatThrownBy(() -> new ByteCursor(bytes).varint())
        .isInstanceOf(NumberFormatException.class);
  }

  @Test
  void takesProtobufsLongerForms() {
    assertThat(new ByteCursor(HexFormat.of().parseHex("8000")).protoVarint()).isZero();
  }

  @Test
  void refusesNegativeNumbers() {
    assertThatThrownBy(() -> Varint.length(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("varint: -1 (expected: 0 or more)");
  }
}
