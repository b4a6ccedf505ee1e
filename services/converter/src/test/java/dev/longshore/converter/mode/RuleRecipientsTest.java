package dev.longshore.converter.mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.converter.Modes;
import dev.longshore.ocicrypt.Recipients;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleRecipientsTest {
  @TempDir Path folder;

  private final RuleRecipients recipients = new RuleRecipients();

  private static Path file(String recipient) {
    return Path.of(recipient.substring("jwe:".length()));
  }

  @Test
  void anExchangedKeyFileIsReadAgainEvenWithTheSizeAndTimeOfTheOld() throws Exception {
    String rule = Modes.recipient(folder, Modes.keys());
    Recipients before = recipients.of(List.of(rule));
    FileTime time = Files.getLastModifiedTime(file(rule));

    Files.copy(
        file(Modes.recipient(folder, Modes.keys())),
        file(rule),
        StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(file(rule), time);

    Recipients after = recipients.of(List.of(rule));
    assertThat(after.canonicalKeys()).isNotEqualTo(before.canonicalKeys());
  }

  @Test
  void keysOfFilesThatStayAreParsedOnce() throws Exception {
    String rule = Modes.recipient(folder, Modes.keys());

    assertThat(recipients.of(List.of(rule))).isSameAs(recipients.of(List.of(rule)));
  }

  /** As a secret is exchanged: the old file goes, the new one comes. */
  @Test
  void imagesWaitForAKeyFileThatWasUsableAndIsGoneForAMoment() throws Exception {
    String rule = Modes.recipient(folder, Modes.keys());
    Recipients before = recipients.of(List.of(rule));
    byte[] key = Files.readAllBytes(file(rule));
    Files.delete(file(rule));

    assertThat(waits(rule))
        .returns("key file " + file(rule), TransientFailure::endpoint)
        .hasMessageContaining(file(rule) + ": there is no such file")
        .hasMessageContaining("images wait");

    Files.write(file(rule), key);
    assertThat(recipients.of(List.of(rule))).isSameAs(before);
  }

  @Test
  void imagesWaitForAKeyFileThatIsHalfWritten() throws Exception {
    String rule = Modes.recipient(folder, Modes.keys());
    recipients.of(List.of(rule));
    Files.writeString(file(rule), "-----BEGIN PUB");

    assertThat(waits(rule)).returns("key file " + file(rule), TransientFailure::endpoint);
  }

  @Test
  void aKeyFileThatWasNeverUsableIsToldForGood() throws Exception {
    String rule = Modes.recipient(folder, Modes.keys());
    Files.delete(file(rule));

    assertThat(refused(rule))
        .returns("RECIPIENTS_INVALID", PermanentFailure::reason)
        .hasMessageContaining(file(rule) + ": there is no such file");
  }

  @Test
  void aRelativePathIsToldWithTheFolderThatItWasLookedForIn() {
    assertThat(refused("jwe:no/such/key.pem"))
        .hasMessageContaining("no/such/key.pem")
        .hasMessageContaining(Path.of("no/such/key.pem").toAbsolutePath().toString())
        .hasMessageContaining("whole path");
  }

  private TransientFailure waits(String rule) {
    return catchThrowableOfType(TransientFailure.class, () -> recipients.of(List.of(rule)));
  }

  private PermanentFailure refused(String rule) {
    return catchThrowableOfType(PermanentFailure.class, () -> recipients.of(List.of(rule)));
  }
}
