package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FetchTurnsTest {
  private static final LocatedContent CONTENT =
      new LocatedContent(
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
    FetchTurns turns = new FetchTurns(16, SHORT, LONG);
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
    FetchTurns turns = new FetchTurns(2, LONG, LONG);
    FetchTurns.Turn first = turns.ask(CONTENT, "hog");
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
    FetchTurns turns = new FetchTurns(1, Duration.ofSeconds(10), SHORT);
    FetchTurns.Turn slow = turns.ask(CONTENT, "slow");
    slow.await();
    slow.rest();
    FetchTurns.Turn quick = turns.ask(CONTENT, "quick");
    quick.await();
    Future<?> again = await(slow);
    assertThat(again).isNotDone();

    quick.close();

    again.get(10, TimeUnit.SECONDS);
  }

  @Test
  void turnThatRestsForAMomentIsNotTaken() throws Exception {
    FetchTurns turns = new FetchTurns(1, SHORT, LONG);
    FetchTurns.Turn slow = turns.ask(CONTENT, "slow");
    slow.await();
    slow.rest();

    assertBusy(turns.ask(CONTENT, "quick"));
  }

  @Test
  void whoLostItsTurnGoesOnBeforeAnybodyBegins() throws Exception {
    FetchTurns turns = new FetchTurns(2, Duration.ofSeconds(10), SHORT);
    FetchTurns.Turn slow = turns.ask(CONTENT, "of two");
    slow.await();
    turns.ask(CONTENT, "of two").await();
    slow.rest();
    FetchTurns.Turn quick = turns.ask(CONTENT, "quick");
    quick.await();
    FetchTurns.Turn other = turns.ask(CONTENT, "other");
    Future<?> begins = await(other);
    var again = new FutureTask<>(() -> goesOn(slow));
    Thread waiting = Thread.ofVirtual().start(again);
    Eventually.await("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);

    quick.close();

    again.get(10, TimeUnit.SECONDS);
    assertThat(begins).isNotDone();
  }

  @Test
  void whoGaveUpIsNotServedLater() throws Exception {
    FetchTurns turns = new FetchTurns(1, SHORT, LONG);
    FetchTurns.Turn holding = turns.ask(CONTENT, "holds");
    holding.await();
    FetchTurns.Turn gaveUp = turns.ask(CONTENT, "gave up");
    assertThatThrownBy(gaveUp::await).isInstanceOf(UnavailableException.class);

    holding.close();

    turns.ask(CONTENT, "next").await();
  }

  @Test
  void whoLostItsTurnOnceHoldsNobodyUpAgain() throws Exception {
    Duration rest = Duration.ofMillis(200);
    FetchTurns turns = new FetchTurns(1, Duration.ofSeconds(10), rest);
    FetchTurns.Turn slow = turns.ask(CONTENT, "slow");
    slow.await();
    slow.rest();
    int rounds = 50;
    long began = System.nanoTime();

    for (int i = 0; i < rounds; i++) {
      try (FetchTurns.Turn quick = turns.ask(CONTENT, "quick")) {
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
    FetchTurns turns = new FetchTurns(1, Duration.ZERO, Duration.ZERO);
    FetchTurns.Turn slow = turns.ask(CONTENT, "slow");
    for (int i = 0; i < 3; i++) {
      slow.await();
      slow.rest();
    }
    slow.await();

    assertBusy(turns.ask(CONTENT, "other"));
  }

  @Test
  void callerWithItsWholeShareAtRestGoesOnWithAnotherFetch() throws Exception {
    FetchTurns turns = new FetchTurns(4, Duration.ofSeconds(10), SHORT);
    for (int i = 0; i < 4; i++) {
      FetchTurns.Turn slow = turns.ask(CONTENT, "one address");
      slow.await();
      slow.rest();
    }
    turns.ask(CONTENT, "one address").await();
  }

  @Test
  void fetchThatAnotherCallerJoinsMayUseThatOnesShare() throws Exception {
    FetchTurns turns = new FetchTurns(4, Duration.ofSeconds(10), LONG);
    for (int i = 0; i < 3; i++) {
      turns.ask(CONTENT, "hog").await();
    }
    FetchTurns.Turn fourth = turns.ask(CONTENT, "hog");
    Future<?> waiting = await(fourth);
    assertThat(waiting).isNotDone();

    fourth.join("other");

    waiting.get(10, TimeUnit.SECONDS);
  }

  @Test
  void everyWayOutGivesTheTurnBack() throws Exception {
    FetchTurns turns = new FetchTurns(1, LONG, LONG);
    FetchTurns.Turn holding = turns.ask(CONTENT, "a");
    holding.await();
    FetchTurns.Turn interrupted = turns.ask(CONTENT, "b");
    Future<?> gone = await(interrupted);
    gone.cancel(true);
    interrupted.close();
    FetchTurns.Turn never = turns.ask(CONTENT, "c");
    never.close();

    holding.close();
    holding.close();

    FetchTurns.Turn next = turns.ask(CONTENT, "d");
    await(next).get(10, TimeUnit.SECONDS);
    assertThat(await(turns.ask(CONTENT, "e"))).as("one turn, given back once").isNotDone();
  }

  @Test
  void fetchesThatNobodyWaitsForDoNotPileUp() throws Exception {
    FetchTurns turns = new FetchTurns(1, LONG, LONG);
    turns.ask(CONTENT, "holds").await();
    List<FetchTurns.Turn> asked = new ArrayList<>();
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

  private Future<?> await(FetchTurns.Turn turn) {
    return threads.submit(() -> goesOn(turn));
  }

  private static boolean goesOn(FetchTurns.Turn turn) throws Exception {
    turn.await();
    return true;
  }

  private void assertBusy(FetchTurns.Turn turn) {
    assertThatThrownBy(() -> await(turn).get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(UnavailableException.class);
    turn.close();
  }
}
