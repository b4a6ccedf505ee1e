package dev.longshore.ipfs.dagpb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.model.Cid;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PbNodeTest {
  private static final String CID =
      "01551220" + "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
  private static final String HASH = "0a24" + CID;
  private static final String LINK = "122a" + HASH + "12001801";
  private static final String DATA = "0a021802";

  private static PbNode decode(String hex) {
    return PbNode.decode(HexFormat.of().parseHex(hex));
  }

  @Test
  void readsLinksAndData() {
    PbNode node = decode(LINK + DATA);

    assertThat(node.links())
        .containsExactly(new PbLink(Cid.ofBytes(HexFormat.of().parseHex(CID)), "", 1));
    assertThat(node.data()).containsExactly(0x18, 2);
    assertThat(HexFormat.of().formatHex(node.encode())).isEqualTo(LINK + DATA);
  }

  @Test
  void tellsNoDataFromEmptyData() {
    assertThat(decode("").data()).isNull();
    assertThat(decode("0a00").data()).isEmpty();
    assertThat(new PbNode(List.of(), null).encode()).isEmpty();
  }

  @Test
  void readsOldFormsLenientlyAndRefusesThemStrictly() {
    assertThat(decode(DATA + LINK)).isEqualTo(decode(LINK + DATA));
    assertThat(PbNode.decodeStrict(HexFormat.of().parseHex(LINK + DATA)))
        .isEqualTo(decode(LINK + DATA));
    for (String old : List.of(DATA + LINK, "1226" + HASH, "8a0000")) {
      assertThatThrownBy(() -> PbNode.decodeStrict(HexFormat.of().parseHex(old)))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    LINK + DATA + LINK + ", links on both sides of data",
    DATA + DATA + ", data twice",
    "1a00, unknown field 3",
    "0801, wire type 0",
    "1204" + "12001801" + ", link without a CID",
    "122a" + "1200" + HASH + "1801" + ", field 1 behind field 2",
    "122c" + HASH + "120018012001" + ", unknown field 4",
    "0a05, 5 bytes announced",
    "120a, 10 bytes announced",
    "ff, cut at byte 1",
    "12060a0401551220, 32 bytes announced",
    "122b" + HASH + "1201ff1801" + ", not UTF-8",
    "12330a24" + CID + "120018ffffffffffffffffff01" + ", 2^63",
  })
  void refusesWhatKuboRefuses(String hex, String says) {
    assertThatThrownBy(() -> decode(hex))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(says);
  }
}
