package dev.longshore.runtime.edge.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.rights.Caller;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a proxy's own caller may get past it: headers that are there twice, joined, cut or strange.
 * An input has a line for each line of a header, which begins with {@code p} for the person's, and
 * with {@code g} for that of the groups.
 */
final class ForwardedAttackTest {
  private static final String ALICE = "alice@example.com";
  private static final String VALID = "p" + ALICE + "\ngdevelopers, Team Operations\ngoperators";

  /** Bytes; a header has 16 KiB at most, an input 100,000. */
  private static final long MOST_BYTES = 64L << 20;

  @TempDir Path folder;
  private Authenticator keeper;

  @BeforeEach
  void open() {
    TokenFiles tokens =
        TokenFiles.in(folder)
            .holds(
                TokenFiles.entry("login", "pr0xy", "scopes: [speak-for]"),
                TokenFiles.spokenFor("alice", "person: " + ALICE, "scopes: [metrics]"),
                TokenFiles.spokenFor("operators", "group: operators", "scopes: [pins]"));
    keeper =
        Authenticator.of(
            new AccessSettings(null, tokens.file(), false, null, false), InstantSource.system());
  }

  private Attack<Caller> attack() {
    return new Attack<>(
        ForwardedAttackTest.class,
        "libs/runtime",
        input -> keeper.admit(headers(input), null),
        List.of(PersonRefusedException.class),
        MOST_BYTES,
        ForwardedAttackTest::holds);
  }

  private static List<String> lines(byte[] input, char kind) {
    return Arrays.stream(new String(input, StandardCharsets.ISO_8859_1).split("\n", -1))
        .filter(line -> !line.isEmpty() && line.charAt(0) == kind)
        .map(line -> line.substring(1))
        .toList();
  }

  private static SentHeaders headers(byte[] input) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of(Authenticator.AUTHORIZATION, "Bearer pr0xy"));
    lines(input, 'p').forEach(person -> lines.add(List.of("X-Forwarded-User", person)));
    lines(input, 'g').forEach(groups -> lines.add(List.of("X-Forwarded-Groups", groups)));
    return new SentHeaders(lines);
  }

  /** Nobody is somebody else, or in a group that was not named. */
  private static void holds(Caller caller, byte[] input) {
    List<String> persons = lines(input, 'p');
    List<String> groups = lines(input, 'g');
    if (caller.through().isEmpty()) {
      assertThat(caller.name()).isEqualTo("login");
      assertThat(persons).isEmpty();
      assertThat(groups).isEmpty();
      return;
    }
    assertThat(persons).containsExactly(caller.name());
    assertThat(caller.name()).matches("[!-~&&[^,]][ -~&&[^,]]{0,255}");
    assertThat(caller.rights().include(Scope.METRICS)).isEqualTo(caller.name().equals(ALICE));
    if (caller.rights().include(Scope.PINS)) {
      assertThat(groups)
          .anyMatch(line -> Arrays.asList(line.split("[, \t]+")).contains("operators"));
    }
    assertThat(caller.rights().include(Scope.SPEAK_FOR)).isFalse();
  }

  private static List<HostileInput> inputs() {
    HostileInputs inputs = new HostileInputs(Attack.seed());
    inputs.damage(VALID.getBytes(StandardCharsets.ISO_8859_1));
    for (List<String> odd : List.of(HostileInputs.oddTexts(), HostileInputs.oddNumbers())) {
      inputs.each("person", odd, text -> VALID.replace(ALICE, text));
      inputs.each("before the person", odd, text -> VALID.replace(ALICE, text + ALICE));
      inputs.each("behind the person", odd, text -> VALID.replace(ALICE, ALICE + text));
      inputs.each("a second person", odd, text -> VALID + "\np" + text);
      inputs.each("a group", odd, text -> VALID.replace("developers", text));
      inputs.each("groups alone", odd, text -> "g" + text);
    }
    inputs.add("valid", VALID);
    inputs.add("nobody", "");
    inputs.add("a stranger of a group", VALID.replace(ALICE, "bob"));
    inputs.add("two persons", VALID + "\np" + ALICE);
    inputs.add("commas", VALID + "\ng" + ",".repeat(100_000));
    inputs.add("10,000 groups", VALID + "\ng" + "operators,".repeat(10_000));
    inputs.add("10,000 lines of groups", VALID + "\ngx".repeat(10_000));
    return inputs.list();
  }

  @Test
  void hostileHeadersNameNobodyElse() {
    Attack.Tally tally = attack().with(inputs());

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(100);
  }

  @Test
  void damagedHeadersNameNobodyElse() {
    Attack.Tally tally = attack().mutating(List.of(VALID.getBytes(StandardCharsets.ISO_8859_1)));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
