package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.edge.Successive.Took;
import dev.longshore.bench.image.FileTar;
import java.nio.file.Path;
import java.util.List;

/** Nightly builds of an app: two of a hundred files change, the base stays. */
final class Nightly implements Row {
  private static final int NIGHTS = 30;

  /** A trial with fewer pairs has fewer nights. */
  private static final int A_PAIR = 3;

  private static final long BASE_BYTES = 20_000_000;
  private static final long APP_BYTES = 40_000_000;
  private static final int CHANGED_OF = 50;

  /** With one pair: for a look. */
  private static final int TRIAL_OF = 4;

  private final String name;
  private final boolean lazy;
  private final Bar bar;

  private Nightly(String name, boolean lazy, Bar bar) {
    this.name = name;
    this.lazy = lazy;
    this.bar = bar;
  }

  static Row estargz() {
    return new Nightly("nightly", true, new Bar.AtMost(0.10));
  }

  /** The same for sites that keep images as they were pushed. */
  static Row plain() {
    return new Nightly("plain", false, new Bar.AtMost(1.0));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean lazy() {
    return lazy;
  }

  @Override
  public void run(Rig rig) throws Exception {
    int part = rig.bench().pairs() == 1 ? TRIAL_OF : 1;
    int nights = Math.min(NIGHTS, A_PAIR * rig.bench().pairs());
    Path folder = rig.folder(name);
    FileTar base = AppFiles.write(folder.resolve("base"), 2, BASE_BYTES / part).tar();
    AppFiles app = AppFiles.write(folder.resolve("app-files"), 3, APP_BYTES / part);
    int changes = Math.max(1, app.count() / CHANGED_OF);
    try (Site site = rig.site(name)) {
      Successive builds = new Successive(rig, this, site, "app");
      Took first = builds.next(List.of(base, app.tar()));
      Took all = new Took(new LineBytes(0, 0), 0);
      for (int night = 1; night <= nights; night++) {
        app.change(changes, night);
        all = all.plus(builds.next(List.of(base, app.tar())));
      }
      rig.bench()
          .report()
          .title(
              "%s, %s: %d builds of an app of %,d files, %d MB, %d of them changed in each; with its base packed %.1f MB"
                  .formatted(
                      name,
                      lazy ? "eStargz" : "as pushed",
                      nights,
                      app.count(),
                      APP_BYTES / part / 1_000_000,
                      changes,
                      first.layerwise() / 1e6));
      Figures.bytes(rig.bench().report(), "bytes by layer-wise", all.line(), all.layerwise(), bar);
    }
  }
}
