package dev.longshore.converter.mode;

import dev.longshore.estargz.EstargzWriter;
import java.nio.file.Path;
import java.security.SecureRandom;

/** What the modes work with: compressors that share the cores, and the source of keys. */
public final class ModeTools {
  private final EstargzWriter lazy;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param spool folder for what is compressed and not yet sent on
   */
  public ModeTools(Path spool) {
    this.lazy = new EstargzWriter(spool);
  }

  /** What becomes of an image's parts by this recipe. */
  public ConversionMode of(CanonicalRecipe recipe) {
    return switch (recipe.settings()) {
      case ModeSettings.Plain() -> new PlainMode();
      case ModeSettings.Lazy(var settings) -> new LazyMode(lazy, settings);
      case ModeSettings.Encrypted(var recipients, var choice, boolean alone) ->
          new EncryptedMode(recipients, choice, alone, random);
    };
  }
}
