package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Durations;
import dev.longshore.settings.value.Listen;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenFormsTest {
  @ParameterizedTest
  @CsvSource({
    "30s,PT30S",
    "5m,PT5M",
    "1h30m,PT1H30M",
    "250ms,PT0.25S",
    "2d,PT48H",
    "1d2h3m4s5ms,PT26H3M4.005S"
  })
  void durations(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 m", "-5s", "30s5m", "PT5S", "1.5h", "9999999999s"})
  void whatIsNoDuration(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessage(
            "\"" + text + "\" is not a duration (expected: such as 250ms, 30s, 5m or 1h30m)");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,0B",
    "17,17,17B",
    "5B,5,5B",
    "4KiB,4096,4KiB",
    "20 GiB,21474836480,20GiB",
    "1MB,1000000,1MB",
    "1024MiB,1073741824,1GiB",
    "3TB,3000000000000,3TB"
  })
  void sizes(String text, long bytes, String shown) {
    assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GiB", "-1", "1.5GiB", "1gib", "999999999999999999TiB"})
  void whatIsNoSize(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse(text))
        .withMessageStartingWith("\"" + text + "\" is ");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5050,127.0.0.1,5050,true", "localhost:0,localhost,0,true",
        "[::1]:65535,::1,65535,true",
    "0.0.0.0:80,0.0.0.0,80,false", "[::]:80,::,80,false", "192.0.2.7:1,192.0.2.7,1,false",
    "no-such-name.invalid:1,no-such-name.invalid,1,false"
  })
  void listenAddresses(String text, String host, int port, boolean loopback) {
    Listen listen = Listen.parse(text);
    assertThat(listen).isEqualTo(new Listen(host, port)).hasToString(text);
    assertThat(listen.loopback()).isEqualTo(loopback);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5050",
        ":5050",
        "localhost",
        "localhost:",
        "localhost:x",
        "a:65536",
        "::1:5050",
        "a:123456"
      })
  void whatIsNoListenAddress(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Listen.parse(text));
  }
}
