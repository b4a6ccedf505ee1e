package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DerTest {
  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3000",
        "020101",
        "0500",
        "a0020500",
        "800101",
        "3103020102",
        "30060201020201ff",
        "010101",
      })
  void derIsTakenAsItStands(String der) throws Exception {
    assertThat(Der.read(hex(der), Der::encoded)).isEqualTo(hex(der));
  }

  /** A name's parts may stand in any order in a certificate, and are compared byte by byte. */
  @Test
  void aSetKeepsItsOrder() throws Exception {
    assertThat(Der.read(hex("3106020102020101"), Der::encoded)).isEqualTo(hex("3106020102020101"));
  }

  @ParameterizedTest
  @CsvSource({
    "'',               an element",
    "30,               its tags",
    "3001,             its tags",
    "300005,           its tags",
    "30000500,         its tags",
    "1f00,             its tags",
    "0000,             its tags",
    "3080020101" + "0000, its lengths",
    "308100,           its lengths",
    "30820003020101,   its lengths",
    "2404040201ff,     its lengths",
    "020200" + "01,    its tags",
  })
  void whatIsNoDerIsRefused(String bytes, String reason) {
    assertThatThrownBy(() -> Der.read(hex(bytes), Der::encoded))
        .isInstanceOf(Malformed.class)
        .hasMessageStartingWith(reason);
  }

  @Test
  void whatIsTooDeepIsRefused() throws Exception {
    byte[] deep = new byte[0];
    for (int i = 0; i < 50; i++) {
      deep = RawDer.write(RawDer.SEQUENCE, deep);
    }
    assertThat(Der.read(deep, Der::encoded)).isEqualTo(deep);
    for (int i = 0; i < 50; i++) {
      deep = RawDer.write(RawDer.SEQUENCE, deep);
    }
    byte[] deeper = deep;
    assertThatThrownBy(() -> Der.read(deeper, Der::encoded)).isInstanceOf(Malformed.class);
  }

  @Test
  void anElementInAnothersPlaceIsRefused() {
    assertThatThrownBy(() -> Der.read(hex("020101"), ASN1Sequence::getInstance))
        .isInstanceOf(Malformed.class)
        .hasMessage("an element is of another kind than its place asks for");
    assertThatThrownBy(
            () ->
                Der.read(
                    hex("3000"),
                    element -> ASN1Integer.getInstance(((ASN1Sequence) element).getObjectAt(0))))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void whatIsWrongWithAKeyIsItsReadersToSay() {
    assertThatThrownBy(
            () ->
                Der.read(
                    hex("020101"),
                    _ -> {
                      throw OcicryptException.badKey("key x", "its reason");
                    }))
        .isInstanceOf(OcicryptException.class)
        .hasMessage("key x: its reason");
  }
}
