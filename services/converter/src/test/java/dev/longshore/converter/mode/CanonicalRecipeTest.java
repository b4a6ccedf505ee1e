package dev.longshore.converter.mode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanonicalRecipeTest {
  @Test
  void allPlatformsHaveTheirReleasedKey() {
    CanonicalRecipe recipe = CanonicalRecipe.plain(List.of());

    assertThat(recipe.canonicalJson())
        .isEqualTo("{\"format\":1,\"mode\":\"plain\",\"platforms\":[]}");
    assertThat(recipe.key())
        .hasToString("5c6ecd27ea4e88ec3b399ec8c21a134c3d56778c8de25573a4cea4f4cf970228");
  }

  @Test
  void chosenPlatformsHaveTheirReleasedKeyWhateverTheirOrderAndSpelling() {
    CanonicalRecipe recipe =
        CanonicalRecipe.plain(
            platforms("linux/arm64", "linux/arm/v7", "linux/x86_64", "linux/amd64"));

    assertThat(recipe.canonicalJson())
        .isEqualTo(
            "{\"format\":1,\"mode\":\"plain\",\"platforms\":[\"linux/amd64\",\"linux/arm/v7\",\"linux/arm64\"]}");
    assertThat(recipe.key())
        .hasToString("725fd109dab7f2577b70d7cea6aae74973cd888700fd5ce3d5b2bc49736a6bab")
        .isEqualTo(
            CanonicalRecipe.plain(platforms("linux/arm", "linux/arm64/v8", "linux/amd64")).key());
  }

  private static List<Platform> platforms(String... texts) {
    return List.of(texts).stream().map(Platform::parse).toList();
  }
}
