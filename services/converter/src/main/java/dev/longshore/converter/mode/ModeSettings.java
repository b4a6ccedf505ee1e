package dev.longshore.converter.mode;

import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.LazyFormat;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.ocicrypt.LayerChoice;
import dev.longshore.ocicrypt.Recipients;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A mode's settings apart from the platforms; each of them changes bytes. */
sealed interface ModeSettings {
  Mode mode();

  /** The fields that this mode adds to the recipe's canonical JSON, each as JSON. */
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

  /** Layers that can be read lazily. */
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
   * Layers that only recipients can read.
   *
   * @param alone whether no other mode of the image may be stored: then its ciphertexts are not
   *     shared, so that they link it to no repository with other modes
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

  /** The mode whose layers have this format. */
  static Mode mode(LazyFormat form) {
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
