package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The secret of each kind of proof, replaced in its file while the webhooks are open. */
@Timeout(60)
class ReplacedSecretTest {
  private static final List<String> SENDERS =
      List.of("harbor", "quay", "ecr", "github", "gitea", "nexus");
  private static final String OLD = "the-old-secret-of-all-senders";
  private static final String NEW = "the-new-secret";

  @TempDir Path folder;
  private final SenderBed bed = new SenderBed();

  @AfterEach
  void close() throws Exception {
    bed.close();
  }

  @Test
  void withinTenSecondsTheNewOneOpensThemAndTheOldOneNoMore() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), OLD);
    Path tokens = folder.resolve("tokens.yaml");
    Files.createFile(
        tokens, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(tokens, tokens(OLD));
    Secret its = secret(secret);
    for (String sender : SENDERS) {
      bed.sources.put(sender, new WebhookSource(bed.sources.get(sender).sender(), its));
    }
    bed.listen(
        new ListenerSettings(
            Listen.parse("127.0.0.1:0"), new AccessSettings(null, tokens, false, null, false)));
    assertThat(answers(OLD)).containsOnly(202);
    assertThat(answers(NEW)).containsOnly(401);

    long begin = System.nanoTime();
    Files.writeString(secret, NEW);
    Files.writeString(tokens, tokens(NEW));
    Eventually.await("the new one", () -> answers(NEW).stream().allMatch(status -> status == 202));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));

    assertThat(answers(OLD)).containsOnly(401);
  }

  private Secret secret(Path file) throws Exception {
    Path settings =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            "registries:\n  - {name: its, host: its.example.com, notification-secret-file: %s}\n"
                .formatted(file));
    return new ConfigLoader<>(SharedSettings.class)
        .load(new ConfigSources(settings, Map.of(), List.of()))
        .settings()
        .registries()
        .getFirst()
        .sender()
        .notificationSecret();
  }

  /** What each sender gets that has this secret, and last what a caller with this token gets. */
  private List<Integer> answers(String secret) {
    return List.of(
        answer("harbor-push", Map.of("Authorization", "Bearer " + secret)),
        answer("quay-push", Map.of("path", secret)),
        answer("ecr-push", Map.of("Authorization", "Basic " + base64("aws:" + secret))),
        answer("github-package", signed("github-package", secret)),
        answer("gitea-created", signed("gitea-created", secret)),
        answer("nexus-created", signed("nexus-created", secret)),
        answer("zot-updated", Map.of("Authorization", "Bearer token-" + secret)));
  }

  private static Map<String, String> signed(String file, String secret) {
    try {
      Golden golden = Golden.named(file);
      return SenderBed.signed(golden, golden.body(), secret);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private int answer(String file, Map<String, String> proof) {
    try {
      Golden golden = Golden.named(file);
      return bed.post(golden, golden.body(), proof);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String tokens(String secret) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(("token-" + secret).getBytes(StandardCharsets.UTF_8));
    return "tokens:\n- {name: ci, sha256: %s, scopes: [hint]}\n"
        .formatted(HexFormat.of().formatHex(hash));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
