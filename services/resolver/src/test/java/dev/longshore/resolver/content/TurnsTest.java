package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.UnavailableException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {
  private static final Content CONTENT =
      new Content(
          Digest.of(new byte[] {1}),
          1,
          "x",
          Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
          List.of());
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(20);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
    threads.close();
  }

  @Test
  void noCallerHasAllTurns() throws Exception {
    Turns turns = new Turns(16, SHORT, LONG);
    for (int i = 0; i < 12; i++) {
      turns.ask(CONTENT, "hog").await();
    }

    assertBusy(turns.ask(CONTENT, "hog"));
    for (int i = 0; i < 4; i++) {
      turns.ask(CONTENT, "other").await();
    }
    assertBusy(turns.ask(CONTENT, "other"));
  }

  @Test
  void whoseCallerHasFewestComesFirst() throws Exception {
    Turns turns = new Turns(2, LONG, LONG);
    Turns.Turn first = turns.ask(CONTENT, "hog");
    first.await();
    turns.ask(CONTENT, "hog").await();
    Future<?> third = await(turns.ask(CONTENT, "hog"));
    Future<?> late = await(turns.ask(CONTENT, "late"));

    first.close();

    late.get(10, TimeUnit.SECONDS);
    assertThat(third).isNotDone();
  }

  @Test
  void turnThatRestsIsTakenByWhoWaitsAndComesBack() throws Exception {
    Turns turns = new Turns(1, Duration.ofSeconds(10), SHORT);
    Turns.Turn slow = turns.ask(CONTENT, "slow");
    slow.await();
    slow.rest();
    Turns.Turn quick = turns.ask(CONTENT, "quick");
    quick.await();
    Future<?> again = await(slow);
    assertThat(again).isNotDone();

    quick.close();

    again.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whoLostItsTurnOnceHoldsNobodyUpAgain() throws Exception {
    Duration rest = Duration.ofMillis(200);
    Turns turns = new Turns(1, Duration.ofSeconds(10), rest);
    Turns.Turn slow = turns.ask(CONTENT, "slow");
    slow.await();
    slow.rest();
    int rounds = 50;
    long began = System.nanoTime();

    for (int i = 0; i < rounds; i++) {
      try (Turns.Turn quick = turns.ask(CONTENT, "quick")) {
        quick.await();
      }
      slow.await();
      slow.rest();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isLessThan(rest.multipliedBy(rounds / 2));
  }

  @Test
  void whoRestsWhileNobodyWaitsGoesOnAtOnce() throws Exception {
    Turns turns = new Turns(1, Duration.ZERO, Duration.ZERO);
    Turns.Turn slow = turns.ask(CONTENT, "slow");
    for (int i = 0; i < 3; i++) {
      slow.await();
      slow.rest();
    }
    slow.await();

    assertBusy(turns.ask(CONTENT, "other"));
  }

  @Test
  void callerWithItsWholeShareAtRestGoesOnWithAnotherFetch() throws Exception {
    Turns turns = new Turns(4, Duration.ofSeconds(10), SHORT);
    for (int i = 0; i < 4; i++) {
      Turns.Turn slow = turns.ask(CONTENT, "one address");
      slow.await();
      slow.rest();
    }
    turns.ask(CONTENT, "one address").await();
  }

  @Test
  void fetchThatAnotherCallerJoinsMayUseThatOnesShare() throws Exception {
    Turns turns = new Turns(4, Duration.ofSeconds(10), LONG);
    for (int i = 0; i < 3; i++) {
      turns.ask(CONTENT, "hog").await();
    }
    Turns.Turn fourth = turns.ask(CONTENT, "hog");
    Future<?> waiting = await(fourth);
    assertThat(waiting).isNotDone();

    fourth.join("other");

    waiting.get(10, TimeUnit.SECONDS);
  }

  @Test
  void everyWayOutGivesTheTurnBack() throws Exception {
    Turns turns = new Turns(1, LONG, LONG);
    Turns.Turn holding = turns.ask(CONTENT, "a");
    holding.await();
    Turns.Turn interrupted = turns.ask(CONTENT, "b");
    Future<?> gone = await(interrupted);
    gone.cancel(true);
    interrupted.close();
    Turns.Turn never = turns.ask(CONTENT, "c");
    never.close();

    holding.close();
    holding.close();

    Turns.Turn next = turns.ask(CONTENT, "d");
    await(next).get(10, TimeUnit.SECONDS);
    assertThat(await(turns.ask(CONTENT, "e"))).as("one turn, given back once").isNotDone();
  }

  @Test
  void fetchesThatNobodyWaitsForDoNotPileUp() throws Exception {
    Turns turns = new Turns(1, LONG, LONG);
    turns.ask(CONTENT, "holds").await();
    List<Turns.Turn> asked = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      asked.add(turns.ask(CONTENT, "asks and leaves"));
    }

    assertThatThrownBy(() -> turns.ask(CONTENT, "asks and leaves"))
        .isInstanceOfSatisfying(
            UnavailableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
    turns.ask(CONTENT, "other").close();
    asked.getFirst().close();
    turns.ask(CONTENT, "asks and leaves").close();
  }

  private Future<?> await(Turns.Turn turn) {
    return threads.submit(
        () -> {
          turn.await();
          return true;
        });
  }

  private void assertBusy(Turns.Turn turn) {
    assertThatThrownBy(() -> await(turn).get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(UnavailableException.class);
    turn.close();
  }
}
