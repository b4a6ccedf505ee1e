package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
  /** The raw block "hello\n". */
  private static final String HELLO = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";

  private static final String V0 = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";

  /**
   * What {@code ipfs cid format -b BASE} of Kubo 0.43.1 makes of it, for each of its text bases.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000101010101000100100010000001011000100100011011010110110101001000101101010"
            + "11101111100001000011011010000111111110000101100010001000011111011110110011101001"
            + "00001101110110100111111000111000101100011101011110011010011010000100000101000011"
            + "0101000101110100001000110111101101011111000000011",
        "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am",
        "BAFKREICYSG23KIWV34EG2D7QWEIPXWOSDO2PY4LDV42NBAUGULUEN5V6AM",
        "cafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am======",
        "CAFKREICYSG23KIWV34EG2D7QWEIPXWOSDO2PY4LDV42NBAUGULUEN5V6AM======",
        "f015512205891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "F015512205891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03",
        "k2cwueauvgmc6rw8ig81z29umtmqnpp03zegve90cilqk5kod5v00g77",
        "K2CWUEAUVGMC6RW8IG81Z29UMTMQNPP03ZEGVE90CILQK5KOD5V00G77",
        "mAVUSIFiRtbUi1d8IbQ/wsRD72dIbtPxxY6800IKGouhG9r4D",
        "MAVUSIFiRtbUi1d8IbQ/wsRD72dIbtPxxY6800IKGouhG9r4D",
        "t05ah482oi6qra8mlrs46q3vgm48fnmei3eqfosb3lsqd10k6kbk4dtlu0c======",
        "T05AH482OI6QRA8MLRS46Q3VGM48FNMEI3EQFOSB3LSQD10K6KBK4DTLU0C======",
        "uAVUSIFiRtbUi1d8IbQ_wsRD72dIbtPxxY6800IKGouhG9r4D",
        "UAVUSIFiRtbUi1d8IbQ_wsRD72dIbtPxxY6800IKGouhG9r4D",
        "v05ah482oi6qra8mlrs46q3vgm48fnmei3eqfosb3lsqd10k6kbk4dtlu0c",
        "V05AH482OI6QRA8MLRS46Q3VGM48FNMEI3EQFOSB3LSQD10K6KBK4DTLU0C",
        "zb2rhcc1wJn2GHDLT2YkmPq5b69cXc2xfRZZmyufbjFUfBkxr",
        "ZA2RGBB1WiM2ghdks2xKLoQ5A69BwB2XEqyyLYUEAJftEbKXR",
        "🚀🪐👀💻😅💥😤💨💨😁🔵☎🌔🌷🌎💡💢🐉🍊🍒🤠🙏🚨👼✅💃💰😇👎🎂💝🧡🌴💓🤮😖🛰",
      })
  void readsOneBlocksCidInEveryBase(String text) {
    assertThat(Cid.parse(text)).isEqualTo(Cid.parse(HELLO)).hasToString(HELLO);
  }

  @Test
  void keepsVersionZeroAsItIs() {
    Cid cid = Cid.parse(V0);

    assertThat(cid.version()).isZero();
    assertThat(cid.codec()).isEqualTo(Cid.DAG_PB);
    assertThat(cid).hasToString(V0);
    assertThat(Cid.ofBytes(cid.bytes())).isEqualTo(cid);
  }

  @Test
  void makesEqualCidsFromTextBytesAndDigest() {
    Cid cid = Cid.parse(HELLO);

    assertThat(Cid.raw(cid.digest())).isEqualTo(cid).hasSameHashCodeAs(cid);
    assertThat(Cid.ofBytes(cid.bytes())).isEqualTo(cid);
    assertThat(cid.bytes()).hasSize(36).hasSize(cid.byteLength());
    assertThat(Cid.dagPb(cid.digest())).isNotEqualTo(cid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "?abc",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0",
        "zQmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn",
        "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6a",
        "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am======",
        "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6An",
        "f02551220",
        "f0155122100",
        "\ud83d\ude80x",
      })
  void refusesWhatIsNoCid(String text) {
    assertThatThrownBy(() -> Cid.parse(text))
        .isInstanceOf(MalformedCidException.class)
        .hasMessageStartingWith("CID \"");
  }

  @Test
  void neverFailsOtherwiseThanTyped() {
    Random random = new Random(7);
    String alphabet = "bBfFzZkKmMuU90cCvVtThQm=-_+/aA1xyz\ud83d\ude80";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(70);
      for (int j = 0; j < length; j++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        Cid cid = Cid.parse(text.toString());
        assertThat(Cid.parse(cid.toString())).isEqualTo(cid);
      } catch (MalformedCidException expected) {
        assertThat(expected).hasMessageContaining("CID");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no CID",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBdG",
        "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA",
        "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
      })
  void aStoredCidKeepsItsTextAndIsEqualToWhatHasTheSame(String text) {
    assertThat(Cid.stored(text)).hasToString(text);
    assertThat(Cid.stored(text)).isEqualTo(Cid.stored(text)).hasSameHashCodeAs(Cid.stored(text));
    assertThat(Cid.stored(text)).isNotEqualTo(Cid.stored(text + " "));
  }

  @Test
  void aStoredCidIsParsedWhenItIsAsked() {
    Cid stored = Cid.stored("no CID");
    assertThatThrownBy(stored::codec).isInstanceOf(MalformedCidException.class);
    assertThatThrownBy(stored::bytes).isInstanceOf(MalformedCidException.class);
    assertThatThrownBy(stored::checked)
        .isInstanceOf(MalformedCidException.class)
        .hasMessageContaining("no CID");
  }

  /** Keys are texts; what nodes list is compared with the checked form. */
  @Test
  void anotherTextOfOneCidIsAnotherKeyAndTheSameWhenChecked() {
    Cid parsed = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
    Cid same = Cid.stored(parsed.toString());
    Cid other = Cid.stored("f" + HexFormat.of().formatHex(parsed.bytes()));

    assertThat(same).isEqualTo(parsed).hasSameHashCodeAs(parsed);
    assertThat(parsed).isEqualTo(same);
    assertThat(other).isNotEqualTo(parsed);
    assertThat(parsed).isNotEqualTo(other);
    assertThat(other.checked()).isEqualTo(parsed).hasSameHashCodeAs(parsed);
    assertThat(other.multihash()).isEqualTo(parsed.multihash());
    assertThat(other.bytes()).isEqualTo(parsed.bytes());
  }
}
