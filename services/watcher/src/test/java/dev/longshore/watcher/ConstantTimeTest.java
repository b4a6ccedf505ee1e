package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nobody learns from the time of a refusal how much of a guessed secret was right. A measurement
 * would show that on a quiet machine alone, so this looks at who may see a secret in the clear, and
 * at how these few compare.
 */
class ConstantTimeTest {
  private static final Path WATCHER = Path.of("src/main/java");
  private static final Path ACCESS =
      Path.of("../../libs/runtime/src/main/java/dev/longshore/runtime/edge/access");
  private static final Path SECRET =
      Path.of("../../libs/settings/src/main/java/dev/longshore/settings/Secret.java");
  private static final String COMPARISON = "return MessageDigest.isEqual(";

  /** Of a header, an address, a bearer token or a password only this can be asked. */
  @Test
  void aSecretIsComparedInConstantTime() throws Exception {
    assertThat(method(Files.readString(SECRET), "boolean matches(String candidate)"))
        .contains(COMPARISON)
        .doesNotContain("equals(");
  }

  @Test
  void theWatcherSeesASecretInTheClearOnlyToSignWithItAndComparesWhatItSignedSo() throws Exception {
    Map<String, String> revealing = revealing(WATCHER);

    assertThat(revealing.keySet()).containsExactly("Signature.java");
    assertThat(method(revealing.get("Signature.java"), "boolean isOf(byte[] body, Secret key)"))
        .contains(COMPARISON)
        .doesNotContain("equals(");
  }

  @Test
  void aListenerSeesOneOnlyToPutItBesideItsUserInASecretThatIsCompared() throws Exception {
    Map<String, String> revealing = revealing(ACCESS);

    for (String text : revealing.values()) {
      assertThat(Pattern.compile("[^\n]*reveal\\(\\)[^\n]*").matcher(text).results().toList())
          .allSatisfy(
              line ->
                  assertThat(line.group())
                      .containsPattern("new Secret\\(.*reveal\\(\\)\\)\\.matches\\("));
    }
    assertThat(revealing).containsOnlyKeys("Authenticator.java");
  }

  /** Files that call it, by name. */
  private static Map<String, String> revealing(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      return sources.stream()
          .filter(file -> text(file).contains(".reveal()"))
          .collect(Collectors.toMap(file -> file.getFileName().toString(), ConstantTimeTest::text));
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String method(String source, String signature) {
    int begin = source.indexOf(signature);
    assertThat(begin).as(signature).isPositive();
    return source.substring(begin, source.indexOf("\n  }\n", begin));
  }
}
