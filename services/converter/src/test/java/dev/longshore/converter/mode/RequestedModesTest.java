package dev.longshore.converter.mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.Modes;
import dev.longshore.converter.Uploads;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request may ask of the modes. */
class RequestedModesTest {
  private static final KeyPair KEYS = Modes.keys();

  @TempDir Path folder;

  @Test
  void noPrivateKeyTravelsWithARequest() throws Exception {
    String recipient = Modes.recipient(folder, KEYS);
    Path file = Path.of(recipient.substring("jwe:".length()));
    String secret = Base64.getEncoder().encodeToString(KEYS.getPrivate().getEncoded());
    Files.writeString(
        file,
        Files.readString(file)
            + "-----BEGIN PRIVATE KEY-----\n"
            + secret
            + "\n-----END PRIVATE KEY-----\n");

    String sent = RecipientKeys.inline(List.of(recipient)).getFirst();

    byte[] key = Base64.getUrlDecoder().decode(sent.substring("jwe:inline/".length()));
    assertThat(key).isEqualTo(KEYS.getPublic().getEncoded());
  }

  @Test
  void aRequestBringsItsKeysAlongAndNamesNoFiles() {
    String recipient = Modes.recipient(folder, KEYS);
    RuleSettings rule = rule(Mode.PLAIN, Mode.ENCRYPTED);

    assertThat(refused(rule, List.of(recipient), List.of()))
        .returns("RECIPIENTS_INVALID", PermanentFailure::reason)
        .hasMessageContaining("names a file");
  }

  @Test
  void aRequestChoosesNeitherLayersNorRecipientsOfAnEncryptedRepository() {
    RuleSettings rule = rule(Mode.ENCRYPTED, Mode.ENCRYPTED);
    List<String> others = RecipientKeys.inline(List.of(Modes.recipient(folder, Modes.keys())));

    assertThat(refused(rule, List.of(), List.of("0")))
        .returns("MODE_REFUSED", PermanentFailure::reason)
        .hasMessageContaining("layers");
    assertThat(refused(rule, others, List.of()))
        .returns("MODE_REFUSED", PermanentFailure::reason)
        .hasMessageContaining("recipients");
  }

  @Test
  void soManyRecipientsThatNoRecordHoldsTheirKeysAreRefusedAtTheStart() throws Exception {
    var recipients = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      recipients.add(longKey(i));
    }
    RuleSettings rule = Modes.rule("**", List.of(Mode.ENCRYPTED), recipients);

    assertThatThrownBy(() -> new ModeChoice().requireReady(List.of(rule)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("60 of them")
        .hasMessageContaining("at most");
  }

  /** An RSA key of 8192 bits that nobody has the private one of: making a real one takes long. */
  private String longKey(int number) throws Exception {
    byte[] modulus = Uploads.bytes(number, 1024);
    modulus[0] |= (byte) 0x80;
    modulus[1023] |= 1;
    String jwk =
        "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}"
            .formatted(Base64.getUrlEncoder().withoutPadding().encodeToString(modulus));
    Path file = folder.resolve(number + ".jwk");
    Files.writeString(file, jwk, StandardCharsets.US_ASCII);
    return "jwe:" + file;
  }

  private RuleSettings rule(Mode... modes) {
    return Modes.rule("**", List.of(modes), List.of(Modes.recipient(folder, KEYS)));
  }

  private static PermanentFailure refused(
      RuleSettings rule, List<String> recipients, List<String> layers) {
    var request = new ConversionRequest(List.of(), List.of(), recipients, layers, List.of());
    return catchThrowableOfType(
        PermanentFailure.class,
        () -> new ModeChoice().of(ModeName.of(Mode.ENCRYPTED), rule, request));
  }
}
