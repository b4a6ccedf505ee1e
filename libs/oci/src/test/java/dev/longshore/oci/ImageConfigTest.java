package dev.longshore.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageConfigTest {
  private static final Digest OLD = Digest.sha256("1".repeat(64));
  private static final Digest KEPT = Digest.sha256("2".repeat(64));
  private static final Digest NEW = Digest.sha256("3".repeat(64));

  @Test
  void changesOnlyTheTarsThatChangedAndKeepsEveryOtherValue() {
    String config =
        " { \"rootfs\" : {\"diff_ids\": [\"OLD\", \"KEPT\"], \"type\": \"layers\"},\n\t"
            + "\"x-number\": 1.50e3, \"history\": [ {\"z\": 1, \"a\": \"<&>\u2028\"} ],\r\n"
            + "\"os\": \"linux\", \"gr\u00f6\u00dfe\": null, \"escaped\\u0041\": \"\\u003c\" }";

    assertThat(rewritten(named(config), List.of(Optional.of(NEW), Optional.empty())))
        .isEqualTo(
            "{\"escapedA\":\"\\u003c\",\"gr\u00f6\u00dfe\":null,\"history\":[{\"z\":1,\"a\":\"\\u003c\\u0026\\u003e\\u2028\"}],\"os\":\"linux\","
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\",\"%s\"]},\"x-number\":1.50e3}"
                    .formatted(NEW, KEPT));
  }

  @Test
  void dropsTheIdsOfDockersFirstSchema() {
    String config =
        "{\"config\":{\"Image\":\"sha256:1\",\"Cmd\":[\"/x\"],\"A\":{}},\"container_config\":null,\"rootfs\":{\"diff_ids\":[]}}";

    assertThat(rewritten(config, List.of()))
        .isEqualTo(
            "{\"config\":{\"A\":{},\"Cmd\":[\"/x\"]},\"container_config\":null,\"rootfs\":{\"type\":\"\",\"diff_ids\":[]}}");
  }

  @Test
  void refusesAConfigOfAnotherNumberOfLayers() {
    String config = "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + OLD + "\"]}}";

    assertThatThrownBy(() -> rewritten(config, List.of()))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining("rootfs.diff_ids: 1 of them");
    assertThatThrownBy(() -> rewritten("{\"os\":\"linux\"}", List.of()))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining("rootfs");
    assertThatThrownBy(() -> rewritten("[]", List.of())).isInstanceOf(OciFormatException.class);
    assertThatThrownBy(() -> rewritten("{\"rootfs\":{}} x", List.of()))
        .isInstanceOf(OciFormatException.class);
  }

  @Test
  void tellsTheLabels() {
    String config = "{\"config\":{\"Cmd\":[],\"Labels\":{\"a\":\"1\",\"b\":\"\"}}}";

    assertThat(ImageConfig.labels(config.getBytes(StandardCharsets.UTF_8)))
        .containsOnly(entry("a", "1"), entry("b", ""));
    for (String without : List.of("{}", "{\"config\":null}", "{\"config\":{\"Labels\":null}}")) {
      assertThat(ImageConfig.labels(without.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
    byte[] odd = "{\"config\":{\"Labels\":[]}}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ImageConfig.labels(odd)).isInstanceOf(OciFormatException.class);
  }

  @Test
  void tellsTheTars() {
    String config = "{\"rootfs\":{\"diff_ids\":[\"" + OLD + "\",\"" + KEPT + "\"]}}";

    assertThat(ImageConfig.diffIds(config.getBytes(StandardCharsets.UTF_8)))
        .containsExactly(OLD, KEPT);
  }

  private static String named(String config) {
    return config.replace("OLD", OLD.toString()).replace("KEPT", KEPT.toString());
  }

  private static String rewritten(String config, List<Optional<Digest>> changed) {
    byte[] bytes = config.getBytes(StandardCharsets.UTF_8);
    return new String(ImageConfig.withDiffIds(bytes, changed), StandardCharsets.UTF_8);
  }
}
