package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Texts that pose as the name of an image. */
final class ReferenceAttackTest {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
  private static final String VALID = "registry.example:5000/team/app:v1@" + DIGEST;

  /** Bytes; names are short, what is longer is refused before it is taken apart. */
  private static final long MOST_BYTES = 4 << 20;

  /** Nothing that a path, a URL or a log line could take for something else. */
  private static final Pattern PLAIN = Pattern.compile("[a-zA-Z0-9._:@/\\[\\]-]{3,600}");

  private static final Attack<Reference> ATTACK =
      new Attack<>(
          ReferenceAttackTest.class,
          "libs/oci",
          text -> Reference.parse(new String(text, StandardCharsets.UTF_8)),
          List.of(OciFormatException.class),
          MOST_BYTES,
          ReferenceAttackTest::holds);

  private static void holds(Reference reference, byte[] text) {
    String written = reference.toString();
    assertThat(Reference.canonical(written)).isEqualTo(reference);
    assertThat(written).matches(PLAIN).doesNotContain("..", "//");
    assertThat(reference.name().toString().length()).isLessThanOrEqualTo(RepositoryName.MAX_LENGTH);
    assertThat(reference.name().repository()).isLowerCase();
  }

  private static List<HostileInput> inputs() {
    var inputs = new HostileInputs(Attack.seed());
    inputs.damage(VALID.getBytes(StandardCharsets.UTF_8));
    List<String> texts = HostileInputs.oddTexts();
    inputs.each("name", texts, text -> text);
    inputs.each("host", texts, text -> text + "/team/app:v1");
    inputs.each("repository", texts, text -> "registry.example/" + text + ":v1");
    inputs.each("tag", texts, text -> "registry.example/app:" + text);
    inputs.each("digest", texts, text -> "registry.example/app@sha256:" + text);
    inputs.each("port", HostileInputs.oddNumbers(), port -> "registry.example:" + port + "/app");
    inputs.add("two digests", "a/b@" + DIGEST + "@" + DIGEST);
    inputs.add("two tags", "a/b:v1:v2");
    inputs.add("a URL", "https://registry.example/v2/app/manifests/v1");
    inputs.add("a user before the host", "user:secret@registry.example/app:v1");
    inputs.add("upper case hex", "a/b@" + DIGEST.toUpperCase(java.util.Locale.ROOT));
    inputs.add("other hash", "a/b@md5:d41d8cd98f00b204e9800998ecf8427e");
    inputs.add("labels without an end", "a.".repeat(50_000) + "/b");
    inputs.add("a host that backtracks", "a" + "-a".repeat(100) + "_/b");
    inputs.add("an address without an end", "[" + ":".repeat(200) + "/b");
    return inputs.list();
  }

  @Test
  void textsAreReadOrRefused() {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(inputs.size() / 2);
  }

  @Test
  void damagedReferencesAreReadOrRefused() {
    Attack.Tally tally =
        ATTACK.mutating(
            List.of(
                VALID.getBytes(StandardCharsets.UTF_8),
                "alpine".getBytes(StandardCharsets.UTF_8),
                "[::1]:5000/a__b/c.d-e:T_1".getBytes(StandardCharsets.UTF_8)));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
