package dev.longshore.resolver.site.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which neighbors are asked, greeted and passed over. */
class RosterTest {
  private static final InetSocketAddress ONE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
  private final HubException refused =
      new HubException(Kind.AWAY, "refused", new ConnectException());
  private final HubException slow =
      new HubException(Kind.AWAY, "slow", new HttpTimeoutException("slow"));
  private final HubException lie = new HubException(Kind.WRONG, "other blocks");

  private final AtomicLong nanos = new AtomicLong();
  private final Roster roster = new Roster(nanos::get);

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  /** Nodes do not start at the same moment. */
  @Test
  void oneThatWasAwayIsAskedAgainOnceItAnswersAGreeting() {
    roster.silent(ONE, refused);
    assertThat(roster.mayBeAsked(ONE)).isFalse();
    assertThat(roster.mayBeGreeted(ONE)).isTrue();

    roster.answered(ONE, "b");

    assertThat(roster.mayBeAsked(ONE)).isTrue();
    assertThat(roster.answering()).isEqualTo(1);
  }

  @Test
  void oneThatIsAwayIsAskedAgainAfterAWhile() {
    roster.silent(ONE, refused);
    pass(31);
    assertThat(roster.mayBeAsked(ONE)).isTrue();
  }

  @Test
  void aLiarRestsWhateverItAnswers() {
    roster.answered(ONE, "b");
    roster.failed(ONE, lie);
    roster.answered(ONE, "b");
    roster.failed(ONE, refused);
    assertThat(roster.mayBeGreeted(ONE)).isFalse();
    pass(31);
    assertThat(roster.mayBeAsked(ONE)).isFalse();
    pass(600);
    assertThat(roster.mayBeAsked(ONE)).isTrue();
  }

  @Test
  void oneThatIsSlowIsThereWhileItAnsweredLately() {
    roster.silent(ONE, slow);
    assertThat(roster.mayBeAsked(ONE)).as("it may have begun a moment ago").isTrue();
    assertThat(roster.lately(ONE)).isEmpty();

    roster.answered(ONE, "b");
    roster.silent(ONE, slow);
    assertThat(roster.lately(ONE)).contains("b");

    pass(31);
    roster.silent(ONE, slow);
    assertThat(roster.lately(ONE)).isEmpty();
    assertThat(roster.mayBeAsked(ONE)).isFalse();
  }

  @Test
  void oneThatLacksItIsAskedForOthers() {
    roster.failed(ONE, new HubException(Kind.ABSENT, "HTTP 409"));
    assertThat(roster.mayBeAsked(ONE)).isTrue();
  }
}
