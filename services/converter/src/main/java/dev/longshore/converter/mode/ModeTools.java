package dev.longshore.converter.mode;

import dev.longshore.estargz.EstargzWriter;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The tools of the modes: compressors that share the cores, and the source of keys. */
public final class ModeTools {
  private final EstargzWriter lazy;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param spool folder for compressed data not yet sent
   */
  public ModeTools(Path spool) {
    this.lazy = new EstargzWriter(spool);
  }

  /** The mode that carries out this recipe. */
  public ConversionMode of(CanonicalRecipe recipe) {
    return switch (recipe.settings()) {
      case ModeSettings.Plain() -> new PlainMode();
      case ModeSettings.Lazy(var settings) -> new LazyMode(lazy, settings);
      case ModeSettings.Encrypted(var recipients, var choice, boolean alone) ->
          new EncryptedMode(recipients, choice, alone, random);
    };
  }
}
