package dev.longshore.converter.mode;

import dev.longshore.converter.source.Reason;
import dev.longshore.events.EventJson;
import dev.longshore.model.Digest;
import dev.longshore.ocicrypt.KeyFiles;
import dev.longshore.ocicrypt.LayerCipher;
import dev.longshore.ocicrypt.Recipients;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The recipients of rules. Their files are read for every image, since a key may be replaced while
 * the process runs; parsing and testing, which take time, are repeated only after a change.
 */
final class RuleRecipients {
  /** Limit in characters for the wrapped keys in a layer's record; the rest takes some hundred. */
  private static final int WRAPPED_KEYS = EventJson.LIMIT - 4 * 1024;

  private final Map<List<String>, Known> known = new ConcurrentHashMap<>();

  /**
   * Usable recipients.
   *
   * @param files the content of their files
   */
  private record Known(Recipients recipients, Map<String, Digest> files) {
    boolean isCurrent(KeyFiles now) throws IOException {
      for (Map.Entry<String, Digest> file : files.entrySet()) {
        if (!Digest.of(now.read(file.getKey())).equals(file.getValue())) {
          return false;
        }
      }
      return true;
    }
  }

  /** Keeps the last content, and the last failure. */
  private static final class Reading implements KeyFiles {
    private final Map<String, Digest> files = new TreeMap<>();
    private String last = "";

    @Override
    public byte[] read(String place) throws IOException {
      last = place;
      byte[] key = RecipientKeys.read(place);
      files.put(place, Digest.of(key));
      return key;
    }
  }

  /**
   * Recipients with keys in files of this machine, as the files are now.
   *
   * @throws TransientFailure when they were usable before: replacing a key removes its file for a
   *     moment
   */
  Recipients of(List<String> texts) throws PermanentFailure, TransientFailure {
    Known before = known.get(texts);
    Reading reading = new Reading();
    try {
      if (before != null && before.isCurrent(reading)) {
        return before.recipients;
      }
      Recipients recipients = usable(texts, reading);
      known.put(texts, new Known(recipients, reading.files));
      return recipients;
    } catch (IOException e) {
      throw notNow(reading, invalid(e));
    } catch (PermanentFailure e) {
      if (before == null) {
        throw e;
      }
      throw notNow(reading, e);
    }
  }

  private static TransientFailure notNow(Reading reading, PermanentFailure why) {
    return new TransientFailure(
        "key file " + reading.last,
        Reason.text(why) + "; it was usable before: images wait until it is again",
        null,
        why);
  }

  /** Recipients with keys found by {@code files}, if all of them can be encrypted to. */
  static Recipients usable(List<String> texts, KeyFiles files) throws PermanentFailure {
    if (texts.isEmpty()) {
      throw Reason.RECIPIENTS_INVALID.failure(
          "recipients: none (expected: those of the rule or of --recipient, such as jwe:pub.pem)");
    }
    try {
      Recipients recipients = Recipients.parse(texts, files);
      requireRoom(recipients);
      return recipients;
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  private static PermanentFailure invalid(IOException e) {
    return Reason.RECIPIENTS_INVALID.failure("recipients: " + Reason.text(e), e);
  }

  /** A layer's record holds all its wrapped keys, of the same length for every layer. */
  private static void requireRoom(Recipients recipients) throws IOException, PermanentFailure {
    byte[] nothing = {};
    int characters =
        LayerCipher.encrypt(
                new ByteArrayInputStream(nothing),
                Digest.of(nothing),
                recipients,
                OutputStream.nullOutputStream(),
                new SecureRandom())
            .annotations()
            .entrySet()
            .stream()
            .mapToInt(annotation -> annotation.getKey().length() + annotation.getValue().length())
            .sum();
    if (characters > WRAPPED_KEYS) {
      throw Reason.RECIPIENTS_INVALID.failure(
          "recipients: %d of them, whose wrapped keys take %d bytes of each layer's record (expected: at most %d; give fewer, or EC instead of long RSA keys)"
              .formatted(recipients.all().size(), characters, WRAPPED_KEYS));
    }
  }
}
