package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTest {
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String EMPTY_512 =
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
          + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";

  @Test
  void theDigestOfNothingIsWellKnown() {
    assertThat(Digest.of(new byte[0])).isEqualTo(Digest.sha256(EMPTY));
    assertThat(Digest.of(Digest.Algorithm.SHA512, new byte[0])).hasToString("sha512:" + EMPTY_512);
  }

  @Test
  void theDigestOfAbcIsThatOfTheStandard() {
    assertThat(Digest.of("abc".getBytes(StandardCharsets.US_ASCII)))
        .hasToString("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void parsingGivesBackWhatWasWritten() {
    assertThat(Digest.parse("sha256:" + EMPTY)).hasToString("sha256:" + EMPTY);
    assertThat(Digest.parse("sha512:" + EMPTY_512)).hasToString("sha512:" + EMPTY_512);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                    | no colon
          sha256                | no colon
          sha256:               | 64 hex digits after the colon, found 0
          sha256:abc            | 64 hex digits after the colon, found 3
          sha512:abc            | 128 hex digits
          md5:d41d8cd98f00b204e9800998ecf8427e | sha256 or sha512
          SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | sha256 or sha512
          sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855 | lower-case
          sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | lower-case
          sha256:../../../../../../../../../../../../../../../../../../../../../../ | found 66
          :e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | sha256 or sha512
          """)
  void eachFaultHasItsOwnMessage(String text, String message) {
    assertThatThrownBy(() -> Digest.parse(text))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining(message);
  }

  @Test
  void messagesOfLongOrOddTextsStayShortAndPlain() {
    assertThatThrownBy(() -> Digest.parse("sha256:\n\u001b[31m" + "x".repeat(10_000)))
        .isInstanceOf(OciFormatException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no colon", "blake3:AF13", "sha256:short"})
  void aStoredDigestKeepsItsTextAndIsNoneWhenItIsAsked(String text) {
    Digest stored = Digest.stored(text);

    assertThat(stored).hasToString(text).isEqualTo(Digest.stored(text));
    assertThat(stored).hasSameHashCodeAs(Digest.stored(text));
    assertThatThrownBy(stored::checked).isInstanceOf(OciFormatException.class);
    assertThatThrownBy(stored::algorithm).isInstanceOf(OciFormatException.class);
    assertThatThrownBy(stored::hex).isInstanceOf(OciFormatException.class);
  }

  @Test
  void aStoredDigestIsTheParsedOne() {
    Digest parsed = Digest.of(Digest.Algorithm.SHA512, new byte[0]);
    Digest stored = Digest.stored(parsed.toString());

    assertThat(stored).isEqualTo(parsed).hasSameHashCodeAs(parsed);
    assertThat(stored.checked().algorithm()).isEqualTo(Digest.Algorithm.SHA512);
    assertThat(stored.hex()).isEqualTo(parsed.hex());
  }
}
