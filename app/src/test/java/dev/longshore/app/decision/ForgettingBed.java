package dev.longshore.app.decision;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.image;

import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.model.Digest;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A catalog to forget images of, and the resolver that is asked whether it still serves them. */
final class ForgettingBed implements AutoCloseable {
  static final String APP = Samples.REGISTRY + "/app:1";

  final RecordLog log = new RecordLog();
  final ManualClock clock = new ManualClock(Samples.NOW);
  final Catalog catalog = Catalog.inMemory(clock);
  final Map<Digest, Set<Digest>> inside = new HashMap<>();
  final List<String> progress = new ArrayList<>();
  ResolverAnswer resolver = new ResolverAnswer(List.of(), Optional.empty());

  Forgetting forgetting() {
    return forgetting(Forget.LIMIT);
  }

  /**
   * @param most digests of one decision
   */
  Forgetting forgetting(int most) {
    return new Forgetting(catalog, this::write, _ -> resolver, clock, most);
  }

  void write(DecisionState decision) throws DecisionChangedException {
    put(decision);
  }

  Forgetting.Pending await(ForgetScope scope, Duration limit) throws InterruptedException {
    return forgetting()
        .await(
            scope,
            limit,
            line -> {
              synchronized (progress) {
                progress.add(line);
              }
            });
  }

  ForgetScope scope(String asked) throws QueryException {
    KnownNames names = new KnownNames(List.of());
    return ForgetScope.of(
        catalog, new CatalogLookup(catalog, names, List.of()), names, this::blobs, asked);
  }

  Set<Digest> blobs(ImageState image) throws QueryException {
    Set<Digest> blobs = inside.get(image.digest());
    if (blobs == null) {
      throw new QueryException("no peer has it");
    }
    return blobs;
  }

  String view(ForgetScope scope) {
    return String.join(
        "\n",
        new ForgetView(APP, scope, Remains.of(catalog, scope.sources()), Optional.empty()).lines());
  }

  static PinState gone(int dag) {
    return new PinState(
        dag(dag),
        0,
        List.of(),
        null,
        true,
        Samples.NOW,
        null,
        0,
        Samples.NOW,
        null,
        null,
        PinPhase.GONE,
        Samples.NOW);
  }

  void put(State... states) {
    catalog.writer().apply(List.of(states).stream().map(log::put).toList());
  }

  @Override
  public void close() {
    catalog.close();
  }
}
