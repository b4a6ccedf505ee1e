package dev.longshore.converter.mode;

import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.LazyForm;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.ocicrypt.LayerChoice;
import dev.longshore.ocicrypt.Recipients;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a mode is told besides the platforms; all of it changes bytes. */
sealed interface ModeSettings {
  Mode mode();

  /** Fields that the recipe's canonical JSON has more than that of plain mode, as JSON each. */
  SortedMap<String, String> canonical();

  /** Plain mode needs nothing. */
  record Plain() implements ModeSettings {
    @Override
    public Mode mode() {
      return Mode.PLAIN;
    }

    @Override
    public SortedMap<String, String> canonical() {
      return new TreeMap<>();
    }
  }

  /** Layers that can be read before they are there. */
  record Lazy(EstargzSettings settings) implements ModeSettings {
    @Override
    public Mode mode() {
      return ModeSettings.mode(settings.form());
    }

    @Override
    public SortedMap<String, String> canonical() {
      var fields = new TreeMap<String, String>();
      fields.put(mode().text(), settings.canonicalJson());
      return fields;
    }
  }

  /**
   * Layers that only some can read.
   *
   * @param alone whether no other form of the image may be stored: then its ciphertexts are its
   *     own, so that they tie it to no repository that has other forms too
   */
  record Encrypted(Recipients recipients, LayerChoice choice, boolean alone)
      implements ModeSettings {
    @Override
    public Mode mode() {
      return Mode.ENCRYPTED;
    }

    @Override
    public SortedMap<String, String> canonical() {
      var fields = new TreeMap<String, String>();
      if (alone) {
        fields.put("alone", "true");
      }
      fields.put(
          "layers",
          choice.layers().stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
      // Fingerprints, which need no escapes by their grammar.
      fields.put(
          "recipients",
          Arrays.stream(recipients.canonicalKeys().split(",", -1))
              .map(key -> '"' + key + '"')
              .collect(Collectors.joining(",", "[", "]")));
      return fields;
    }
  }

  /** The mode whose layers have this form. */
  static Mode mode(LazyForm form) {
    return switch (form) {
      case ESTARGZ -> Mode.ESTARGZ;
      case ZSTD_CHUNKED -> Mode.ZSTDCHUNKED;
    };
  }

  /** Lower-case hex SHA-256 of a text, for keys. */
  static String hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
