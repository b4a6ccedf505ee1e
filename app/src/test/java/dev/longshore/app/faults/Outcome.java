package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.parts.Ports;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboAddress;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.registry.ClientSettings;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What must hold of a pushed tag in the end, asked of the programs themselves. */
final class Outcome {
  private static final int COPIES = 3;
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private final Places cluster;
  private final Duration limit;

  /**
   * @param limit from the last restart to the final state
   */
  Outcome(Places cluster, Duration limit) {
    this.cluster = cluster;
    this.limit = limit;
  }

  /** Waits until the tag's image has its copies, then looks at each of them and pulls it. */
  void require(Reference pushed, Digest digest) throws Exception {
    ImageState image =
        cluster
            .catalog()
            .await(() -> finished(pushed, digest), limit)
            .orElseThrow(() -> new AssertionError(where(pushed, digest)));
    for (int n = 1; n <= Ports.PEERS; n++) {
      KuboClient peer = peer(n);
      Cid dag = image.imageDag().cid();
      peer.verifyLocal(dag, LocalCheck.REHASH, Deadline.after(CALL));
      assertThat(peer.isPinned(dag, Deadline.after(CALL))).as(dag + " on peer " + n).isTrue();
    }
    for (int resolver : cluster.resolvers()) {
      pull(resolver, pushed, digest);
    }
  }

  /** What the tag's image became, once it has all its copies. */
  Optional<ImageState> finished(Reference pushed, Digest digest) {
    Optional<TagState> tag = cluster.catalog().tags().byKey(key(pushed));
    if (tag.filter(state -> state.digest().equals(digest)).isEmpty()) {
      return Optional.empty();
    }
    return cluster.catalog().conversions().ofDigest(digest).stream()
        .filter(
            image ->
                cluster
                    .catalog()
                    .pins()
                    .of(image.imageDag())
                    .filter(pin -> pin.verified() == COPIES && pin.ingestReleased())
                    .isPresent())
        .findFirst();
  }

  private String where(Reference pushed, Digest digest) {
    return "%s@%s is not finished within %s: tag %s, images %s, pins %s, troubles %s"
        .formatted(
            pushed,
            digest,
            limit,
            cluster.catalog().tags().byKey(key(pushed)),
            cluster.catalog().conversions().ofDigest(digest),
            cluster.catalog().conversions().ofDigest(digest).stream()
                .map(image -> cluster.catalog().pins().of(image.imageDag()))
                .toList(),
            cluster.catalog().failures().newest(20));
  }

  private static String key(Reference pushed) {
    return TagState.key(pushed.name(), pushed.tag().orElseThrow());
  }

  private KuboClient peer(int n) {
    return new KuboClient(
        new KuboAddress(
            "peer-" + n,
            URI.create("http://127.0.0.1:" + cluster.ports().kuboRpc(n)),
            URI.create("http://127.0.0.1:" + cluster.ports().kuboGateway(n)),
            new RpcCredential.None()));
  }

  /** Every byte; the resolver learns of copies a moment after the others. */
  private void pull(int resolver, Reference pushed, Digest digest) throws Exception {
    Pull pull = new Pull(resolver, ClientSettings.defaults());
    long end = System.nanoTime() + limit.toNanos();
    while (!pull.leadsTo(pushed, digest)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            pushed + " does not lead to " + digest + " at " + resolver + " within " + limit);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    pull.every(pushed, digest);
  }

  /** Nothing was announced twice as if it were something else, and nothing was given up. */
  void requireCleanTopics() {
    Map<Topic, List<ConsumerRecord<String, byte[]>>> topics =
        new TopicReader(cluster.kafka(), Cluster.PREFIX)
            .all(List.of(Topic.OBSERVED, Topic.CONVERTED, Topic.DEAD, Topic.FAILED));
    Map<String, Set<String>> observed = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : topics.get(Topic.OBSERVED)) {
      Observed event = Events.read(record, Observed.class);
      note(observed, event.key() + " " + event.digest(), record);
    }
    Map<String, Set<String>> converted = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : topics.get(Topic.CONVERTED)) {
      Converted event = Events.read(record, Converted.class);
      note(converted, event.imageDag() + " " + event.name() + " " + event.tag(), record);
    }
    assertThat(observed).allSatisfy((what, ids) -> assertThat(ids).as(what).hasSize(1));
    assertThat(converted).allSatisfy((what, ids) -> assertThat(ids).as(what).hasSize(1));
    assertThat(topics.get(Topic.DEAD)).as("dead letters").isEmpty();
    assertThat(topics.get(Topic.FAILED)).as("failures for good").isEmpty();
    for (PinState pin : cluster.catalog().pins().page(null, 10_000)) {
      assertThat(pin.ingestReleased()).as("ingest pin of " + pin.imageDag()).isTrue();
    }
  }

  private static void note(
      Map<String, Set<String>> ids, String what, ConsumerRecord<String, byte[]> record) {
    ids.computeIfAbsent(what, _ -> new HashSet<>()).add(Objects.requireNonNull(Events.id(record)));
  }
}
