package dev.longshore.converter;

import dev.longshore.estargz.EstargzWriter;
import java.nio.file.Path;
import java.security.SecureRandom;

/** What the modes work with: compressors that share the cores, and the source of keys. */
final class ModeForms {
  private final EstargzWriter lazy;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param spool folder for what is compressed and not yet sent on
   */
  ModeForms(Path spool) {
    this.lazy = new EstargzWriter(spool);
  }

  /** What becomes of an image's parts by this recipe. */
  LayerForms of(Recipe recipe) {
    return switch (recipe.settings()) {
      case ModeSettings.Plain() -> LayerForms.AS_IS;
      case ModeSettings.Lazy(var settings) -> new LazyForms(lazy, settings);
      case ModeSettings.Encrypted(var recipients, var choice, boolean alone) ->
          new EncryptedForms(recipients, choice, alone, random);
    };
  }
}
