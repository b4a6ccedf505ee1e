package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.resolver.testing.CountingMeter;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that read a blob too large for the cache at a steady rate, with one turn for all. */
@Timeout(60)
class LeastRateTest {
  private static final int KIB = 1024;

  /** What a client takes at once of its socket. */
  private static final int SIP = 16 * KIB;

  private static final int SIZE = 2 * KIB * KIB;

  private final AtomicLong nanos = new AtomicLong();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final InMemoryIpfsNode node = new InMemorySwarm().node("own");
  @TempDir Path folder;
  private NodeSource source;
  private PeerConnections connections;
  private Downloads downloads;
  private LocatedContent large;
  private LocatedContent other;

  @BeforeEach
  void start() throws Exception {
    connections = new PeerConnections(node, clock);
    source = new NodeSource(node, null, connections, null, Duration.ofSeconds(20));
    downloads =
        new Downloads(
            new BlobCache(folder, 0, clock),
            source,
            new CountingMeter(),
            new FetchTurns(1, Duration.ZERO, FetchTurns.REST, nanos::get));
    large = store(1);
    other = store(2);
  }

  @AfterEach
  void stop() {
    downloads.close();
    source.close();
    connections.close();
  }

  private LocatedContent store(int seed) throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    Cid[] cid = new Cid[1];
    node.importCar(
        sink -> cid[0] = UnixFsFileBuilder.build(bytes, sink).cid(),
        Deadline.after(Duration.ofMinutes(1)));
    return new LocatedContent(
        Digest.of(bytes), SIZE, "application/octet-stream", cid[0], List.of());
  }

  /** Takes a sip, in the time that it takes at that rate. */
  private void sip(InputStream in, int kibPerSecond) throws IOException {
    assertThat(in.readNBytes(SIP)).hasSize(SIP);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1) * SIP / ((long) kibPerSecond * KIB));
  }

  private void assertTurnIsTaken() {
    assertThatThrownBy(() -> downloads.open(other, "another"))
        .isInstanceOfSatisfying(
            UnavailableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
  }

  @Test
  void aClientAboveTheLeastRateKeepsItsTurn() throws Exception {
    try (InputStream in = downloads.open(large, "a client")) {
      for (int sips = 0; sips < SIZE / SIP / 2; sips++) {
        sip(in, 262);
        assertTurnIsTaken();
      }
    }
  }

  @Test
  void aClientBelowItHoldsNobodyUpAndGetsTheRestLater() throws Exception {
    try (InputStream in = downloads.open(large, "a client")) {
      for (int sips = 1; sips <= 15; sips++) {
        sip(in, 250);
        assertTurnIsTaken();
      }
      sip(in, 250);

      try (InputStream quick = downloads.open(other, "another")) {
        assertThat(Digest.of(quick.readAllBytes())).isEqualTo(other.digest());
      }
      assertThat(in.readAllBytes()).as("verified at its end").hasSize(SIZE - 16 * SIP);
    }
  }
}
