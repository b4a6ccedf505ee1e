package dev.longshore.oci.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.registry.RegistryCredentials;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class KeptLoginTest {
  private static final Attempt ATTEMPT = new Attempt("GET manifest", "registry.example/app");

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Optional<Duration> life = Optional.of(Duration.ofHours(12));
  private volatile boolean fails;
  private volatile boolean same;
  private final KeptLogin login =
      new KeptLogin(
          "docker-credential-x get",
          () -> {
            int count = asked.incrementAndGet();
            if (fails) {
              throw new NoLoginException("it ended with exit code 1");
            }
            return new IssuedCredentials(
                new RegistryCredentials.Token("token-" + (same ? 0 : count)),
                life.map(clock.instant()::plus));
          },
          clock);

  private RegistryCredentials current() throws RegistryException {
    return login.current(ATTEMPT);
  }

  @Test
  void itIsAskedForShortlyBeforeItExpires() throws Exception {
    RegistryCredentials first = current();
    clock.advance(Duration.ofHours(12).minus(KeptLogin.EARLY).minusSeconds(1));
    assertThat(current()).isEqualTo(first);
    assertThat(asked).hasValue(1);

    clock.advance(Duration.ofSeconds(1));
    assertThat(current()).isEqualTo(new RegistryCredentials.Token("token-2"));
  }

  @Test
  void aShortLifeIsUsedForMostOfIt() throws Exception {
    life = Optional.of(Duration.ofSeconds(10));
    current();
    clock.advance(Duration.ofSeconds(7));
    current();
    assertThat(asked).hasValue(1);
    clock.advance(Duration.ofSeconds(1));
    current();
    assertThat(asked).hasValue(2);
  }

  @Test
  void whatNamesNoExpiryIsAskedForAgainAfterAWhile() throws Exception {
    life = Optional.empty();
    current();
    clock.advance(KeptLogin.UNSAID);
    current();
    assertThat(asked).hasValue(2);
  }

  @Test
  void anAnswerThatHasExpiredNamesTheClocks() {
    life = Optional.of(Duration.ofSeconds(-1));

    assertThatThrownBy(this::current)
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("compare the clocks");
  }

  @Test
  void itIsGoodToItsEndWhileTheNextCannotBeHad() throws Exception {
    RegistryCredentials first = current();
    fails = true;
    clock.advance(Duration.ofHours(12).minusSeconds(1));
    assertThat(current()).isEqualTo(first);

    clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(this::current).hasMessageContaining("exit code 1");
  }

  @Test
  void aRefusedOneIsDroppedOnceAndNotAgainForAWhile() throws Exception {
    same = true;
    RegistryCredentials shown = current();
    for (int i = 0; i < 100; i++) {
      login.refused(shown);
      current();
    }
    assertThat(asked).hasValue(2);

    clock.advance(KeptLogin.BETWEEN_REFUSALS);
    login.refused(shown);
    current();
    assertThat(asked).hasValue(3);
  }

  @Test
  void aRefusalOfAnEarlierOneLeavesTheNext() throws Exception {
    RegistryCredentials first = current();
    login.refused(first);
    RegistryCredentials second = current();
    clock.advance(KeptLogin.BETWEEN_REFUSALS);

    login.refused(first);

    assertThat(current()).isEqualTo(second);
    assertThat(asked).hasValue(2);
  }

  @Test
  void aFailureIsEverybodysForAWhile() throws Exception {
    fails = true;
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(this::current)
          .isInstanceOfSatisfying(
              RegistryException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED);
                assertThat(e.transientFailure()).isTrue();
                assertThat(e)
                    .hasMessageContainingAll(
                        "GET manifest", "docker-credential-x get: it ended with exit code 1");
              });
    }
    assertThat(asked).hasValue(1);

    fails = false;
    clock.advance(KeptLogin.REST);
    current();
    assertThat(asked).hasValue(2);
  }

  @Test
  void manyThreadsAskOnce() throws Exception {
    var askers = new CountDownLatch(2);
    var slow =
        new KeptLogin(
            "docker-credential-x get",
            () -> {
              asked.incrementAndGet();
              askers.countDown();
              // In vain: the others wait for this one's answer.
              assertThat(askers.await(300, TimeUnit.MILLISECONDS)).isFalse();
              return IssuedCredentials.of(new RegistryCredentials.Token("token-1"));
            },
            clock);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RegistryCredentials>> shown =
          IntStream.range(0, 50)
              .mapToObj(_ -> threads.submit(() -> slow.current(ATTEMPT)))
              .toList();
      for (Future<RegistryCredentials> each : shown) {
        assertThat(each.get()).isEqualTo(new RegistryCredentials.Token("token-1"));
      }
    }
    assertThat(asked).hasValue(1);
  }
}
