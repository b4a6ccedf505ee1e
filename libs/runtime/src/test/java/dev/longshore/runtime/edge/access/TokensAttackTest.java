package dev.longshore.runtime.edge.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of tokens that nobody would write. */
final class TokensAttackTest {
  private static final String HASH = Tokens.sha256("t0ken");
  private static final String VALID =
      """
      tokens:
        - name: edge
          sha256: %s
          scopes: [pull, look-up]
          repositories: [registry.test/team/*, "a/**/b"]
          expires: 2027-01-31T00:00:00Z
      """
          .formatted(HASH);

  /** Bytes; a file of 1 MiB at most becomes nodes; the first one loads classes. */
  private static final long MOST_BYTES = 512L << 20;

  @TempDir Path folder;

  private Attack<Tokens> attack() {
    return new Attack<>(
        TokensAttackTest.class,
        "libs/runtime",
        this::read,
        List.of(IllegalArgumentException.class),
        MOST_BYTES,
        TokensAttackTest::holds);
  }

  private Tokens read(byte[] text) throws Exception {
    return Tokens.read(Files.write(folder.resolve("tokens.yaml"), text));
  }

  /** Nothing lets in what the file does not have the hash of, and no pattern is slow. */
  private static void holds(Tokens tokens, byte[] text) {
    assertThat(tokens.ofToken("other")).isEmpty();
    assertThat(tokens.ofToken("")).isEmpty();
    tokens
        .ofToken("t0ken")
        .ifPresent(
            grant -> {
              assertThat(grant.name()).matches("[A-Za-z0-9._@-]{1,64}");
              assertThat(new String(text, StandardCharsets.UTF_8)).contains(HASH);
              grant
                  .rights()
                  .cover(
                      Scope.PULL, "registry.test", "-".repeat(200) + "/" + "a/".repeat(25) + "b");
            });
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<HostileInput> inputs() {
    HostileInputs inputs = new HostileInputs(Attack.seed());
    inputs.damage(utf8(VALID));
    for (String field : List.of("edge", HASH, "look-up", "registry.test/team/*", "2027-01-31")) {
      inputs.each(field, HostileInputs.oddTexts(), text -> VALID.replace(field, text));
      inputs.each(field, HostileInputs.oddNumbers(), text -> VALID.replace(field, text));
    }
    inputs.each(
        "expires", HostileInputs.oddNumbers(), text -> VALID.replace("2027-01-31T00:00:00Z", text));
    for (String value : List.of("null", "true", "[]", "{}", "[{}]", "!!java.net.URL [x]", "*a")) {
      inputs.add("tokens " + value, "tokens: " + value);
      inputs.add("a token " + value, "tokens: [" + value + "]");
      inputs.add("scopes " + value, VALID.replace("[pull, look-up]", value));
    }
    inputs.add("valid", VALID);
    inputs.add("a pattern of stars", VALID.replace("team/*", "*-".repeat(200)));
    inputs.add("a pattern of any parts", VALID.replace("a/**/b", "**/a/".repeat(8) + "c"));
    inputs.add(
        "an anchor of anchors",
        """
        a: &a [x, x, x, x, x, x, x, x, x]
        b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
        c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
        d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
        e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
        tokens: [*e, *e, *e, *e, *e, *e, *e]
        """);
    inputs.add("itself", "tokens: &t [*t]\n");
    inputs.add("nesting", "tokens: " + "[".repeat(500_000));
    inputs.add("2 MB", VALID + "#".repeat(2 << 20));
    inputs.add("10,000 tokens without a name", "tokens:\n" + "- {}\n".repeat(10_000));
    return inputs.list();
  }

  @Test
  void hostileFilesAreReadOrRefused() {
    Attack.Tally tally = attack().with(inputs());

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(100);
  }

  @Test
  void damagedFilesAreReadOrRefused() {
    String commented = "# " + "most damage hits the comment ".repeat(40) + "\n" + VALID;
    Attack.Tally tally = attack().mutating(List.of(utf8(VALID), utf8(commented)));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
