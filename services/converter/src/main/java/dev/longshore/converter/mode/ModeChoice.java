package dev.longshore.converter.mode;

import dev.longshore.converter.source.Reason;
import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.LazyFormat;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.ocicrypt.LayerChoice;
import dev.longshore.ocicrypt.OcicryptException;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The settings of each mode: from the request that came with an image, else from its rule. */
public final class ModeChoice {
  private final RuleRecipients ofRules = new RuleRecipients();

  /**
   * Reads every key that a rule names, and checks what its modes need.
   *
   * @throws IllegalArgumentException when a key cannot be used, or a setting is out of its range
   * @throws IllegalStateException when a library is missing
   */
  public void requireReady(List<RuleSettings> rules) {
    for (RuleSettings rule : rules) {
      try {
        for (LazyFormat form : LazyFormat.values()) {
          if (rule.modes().contains(ModeSettings.mode(form))) {
            lazy(form, rule, List.of());
            form.requireLibrary();
          }
        }
        if (rule.modes().contains(Mode.ENCRYPTED)) {
          layers(rule.layers());
          ofRules.of(rule.recipients());
        }
      } catch (PermanentFailure | TransientFailure | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "the rule for %s: %s".formatted(rule.match(), e.getMessage()), e);
      }
    }
  }

  /**
   * The mode's settings.
   *
   * @throws PermanentFailure when the mode does not exist, the rule forbids it, or a key is
   *     unusable
   * @throws TransientFailure when a key of the rule worked before and does not now
   */
  ModeSettings of(ModeName mode, RuleSettings rule, ConversionRequest request)
      throws PermanentFailure, TransientFailure {
    Mode wanted = mode(mode);
    if (rule.encryptedOnly() && wanted != Mode.ENCRYPTED) {
      throw Reason.MODE_REFUSED.failure(
          "mode: %s (expected: encrypted, the only one of the rule for %s: nothing of its images may be stored readable for all)"
              .formatted(mode, rule.match()));
    }
    requireKeptSecret(rule, request);
    return switch (wanted) {
      case PLAIN -> new ModeSettings.Plain();
      case ESTARGZ -> lazy(LazyFormat.ESTARGZ, rule, request.prefetch());
      case ZSTDCHUNKED -> lazy(LazyFormat.ZSTD_CHUNKED, rule, request.prefetch());
      case ENCRYPTED ->
          new ModeSettings.Encrypted(
              request.recipients().isEmpty()
                  ? ofRules.of(rule.recipients())
                  : RuleRecipients.usable(request.recipients(), RecipientKeys::readInline),
              layers(request.layers().isEmpty() ? rule.layers() : request.layers()),
              rule.encryptedOnly());
    };
  }

  /** The right to request images must not give access to what the rule restricts. */
  private static void requireKeptSecret(RuleSettings rule, ConversionRequest request)
      throws PermanentFailure {
    if (!rule.encryptedOnly()) {
      return;
    }
    if (!request.layers().isEmpty()) {
      throw Reason.MODE_REFUSED.failure(
          "layers: %s (expected: none in a request, as the rule for %s alone says what of its images may be stored readable for all)"
              .formatted(request.layers(), rule.match()));
    }
    if (!request.recipients().isEmpty()) {
      throw Reason.MODE_REFUSED.failure(
          "recipients: %d in the request (expected: none, as the rule for %s alone says who can decrypt its images; add them to its recipients)"
              .formatted(request.recipients().size(), rule.match()));
    }
  }

  private static Mode mode(ModeName name) throws PermanentFailure {
    Optional<Mode> mode = name.mode();
    if (mode.isPresent()) {
      return mode.get();
    }
    String text = name.text();
    boolean both =
        Arrays.stream(Mode.values()).anyMatch(m -> m.isLazy() && text.contains(m.text()))
            && text.contains(Mode.ENCRYPTED.text());
    throw Reason.MODE_UNSUPPORTED.failure(
        both
            ? "mode: %s (expected: one of the two for one result: an encrypted layer has to be decrypted from its first byte on, so it cannot be read lazily; %s makes two results)"
                .formatted(text, text.replace('+', ','))
            : "mode: %s (expected: plain, estargz, zstdchunked or encrypted)".formatted(text));
  }

  private static ModeSettings.Lazy lazy(LazyFormat form, RuleSettings rule, List<String> prefetch)
      throws PermanentFailure {
    EstargzSettings defaults = EstargzSettings.DEFAULT;
    try {
      return new ModeSettings.Lazy(
          new EstargzSettings(
              form,
              bytes(rule.chunkSize(), defaults.chunkBytes()),
              bytes(rule.minChunkSize(), defaults.minChunkBytes()),
              defaults.leafThresholdBytes(),
              defaults.leafTargetBytes(),
              prefetch.isEmpty() ? rule.prefetch() : prefetch));
    } catch (IllegalArgumentException e) {
      throw Reason.MODE_UNSUPPORTED.failure(e);
    }
  }

  private static int bytes(@Nullable ByteSize size, int otherwise) {
    return size == null ? otherwise : (int) Math.min(size.bytes(), Integer.MAX_VALUE);
  }

  private static LayerChoice layers(List<String> numbers) throws PermanentFailure {
    try {
      return LayerChoice.of(numbers.stream().map(Integer::valueOf).toList(), List.of());
    } catch (OcicryptException | NumberFormatException e) {
      throw Reason.LAYERS_UNKNOWN.failure(e);
    }
  }
}
