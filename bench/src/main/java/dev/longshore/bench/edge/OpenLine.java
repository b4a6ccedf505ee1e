package dev.longshore.bench.edge;

import dev.longshore.bench.Bar;
import dev.longshore.bench.BenchmarkReport;
import dev.longshore.bench.image.BigImage;
import dev.longshore.model.RepositoryName;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A large image that neither a site nor a cache has, through the site, on a line without limit. */
final class OpenLine implements Row {
  /** Three times what the peer it is compared with does. */
  private static final Bar MEGABYTES = new Bar.AtLeast(3 * 46);

  private static final Bar RESIDENT = new Bar.AtMost(400);

  private static final String TAG = "1";
  private static final String KEPT = "kept";
  private static final String ASKED = "asked";
  private static final String KEEPS_NOTHING = "-on-demand";
  private static final Duration HEARD = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(50);

  @Override
  public String name() {
    return "open-line";
  }

  @Override
  public boolean lazy() {
    return false;
  }

  @Override
  public String group() {
    return """
    - name: %s
      rules:
        - {repositories: ["**/%s/**/%s"], modes: [plain], keep: on-demand}
        - {repositories: ["**/%s/**"], modes: [plain], keep: every-node}
    - name: %s
      rules:
        - {repositories: ["**/%s/**"], modes: [plain], keep: on-demand}
    """
        .formatted(name(), name(), ASKED, name(), name() + KEEPS_NOTHING, name());
  }

  @Override
  public void run(Rig rig) throws Exception {
    BenchmarkReport report = rig.bench().report();
    BigImage kept = BigImage.write(rig.folder(name()).resolve(KEPT), BigImage.usualLayers(77));
    BigImage asked = BigImage.write(rig.folder(name()).resolve(ASKED), BigImage.otherLayers());
    report.title(
        "open-line: %.0f MB through a site, no limit, no delay; one run"
            .formatted(kept.bytes() / 1e6));
    rig.line().packetsAtOnce(Line.BY_CARD);
    try {
      measure(rig, kept, asked);
    } finally {
      rig.line().packetsAtOnce(Line.ONE);
    }
  }

  private void measure(Rig rig, BigImage kept, BigImage asked) throws Exception {
    BenchmarkReport report = rig.bench().report();
    RepositoryName repository = rig.name(this, ASKED);
    try (Site site = rig.site(name())) {
      kept(rig, site, kept);
      rig.push(asked, repository, TAG);
      rig.awaitCopies(asked, "plain");
      Pull pull = pull(rig, site, repository, asked);
      report.figure(
          "pulled on demand, neither site nor hub's Kubo has it, MB/s",
          pull.megabytes(),
          MEGABYTES);
      report.line("  %-60s %s".formatted("CPU seconds", pull.cpu()));
      resident(report, "it is here", site);
    }
    try (Site site = rig.another(name() + KEEPS_NOTHING, 2)) {
      Pull pull = pull(rig, site, repository, asked);
      report.line(
          "  %-60s %.0f MB/s".formatted("the same at another site of the hub", pull.megabytes()));
      report.line("  %-60s %s".formatted("CPU seconds", pull.cpu()));
      pull = pull(rig, site, rig.name(this, KEPT), kept);
      report.line(
          "  %-60s %.0f MB/s"
              .formatted("another image there, its code compiled", pull.megabytes()));
      report.line("  %-60s %s".formatted("CPU seconds", pull.cpu()));
    }
  }

  /** One that the site fetches by itself, while the centre makes its copies. */
  private void kept(Rig rig, Site site, BigImage image) throws Exception {
    RepositoryName repository = rig.name(this, KEPT);
    LineBytes before = rig.line().count();
    rig.push(image, repository, TAG);
    long begin = FirstCopy.begun(rig, before);
    Cpu cpu = rig.cpu().plus(site.cpu());
    Rig.awaitHeld(site, 1);
    long there = System.nanoTime();
    Cpu held = rig.cpu().plus(site.cpu()).since(cpu);
    long bytes = Blobs.pull(site, repository, image);
    long end = System.nanoTime();
    BenchmarkReport report = rig.bench().report();
    report.line(
        "  %-60s %.0f MB/s"
            .formatted(
                "kept: from the first byte on the line until pulled",
                bytes / ((end - begin) / 1e3)));
    report.line("  %-60s %.0f MB/s".formatted("of it until held", bytes / ((there - begin) / 1e3)));
    report.line("  %-60s %s".formatted("CPU seconds of it", held));
    report.line("  %-60s %.0f MB/s".formatted("and pulled", bytes / ((end - there) / 1e3)));
    resident(report, "it is held and was pulled", site);
  }

  private static void resident(BenchmarkReport report, String when, Site site) throws IOException {
    report.figure(
        "resident memory of the service and its Kubo once " + when + ", MB",
        site.residentBytes() / 1e6,
        RESIDENT);
  }

  private record Pull(double megabytes, Cpu cpu) {}

  private static Pull pull(Rig rig, Site site, RepositoryName repository, BigImage image)
      throws Exception {
    long until = System.nanoTime() + HEARD.toNanos();
    Cpu cpu = rig.cpu().plus(site.cpu());
    long begin = System.nanoTime();
    int status = site.status(Rig.path(repository), TAG);
    while (status != HttpURLConnection.HTTP_OK) {
      if (System.nanoTime() > until) {
        throw new TimeoutException(
            "the site answers %d for %s after %s".formatted(status, repository, HEARD));
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      if (status == HttpURLConnection.HTTP_NOT_FOUND) {
        // Not heard of yet, so nothing of it is on its way.
        cpu = rig.cpu().plus(site.cpu());
        begin = System.nanoTime();
      }
      status = site.status(Rig.path(repository), TAG);
    }
    var _ = site.read(Rig.path(repository), "manifests/" + TAG);
    long bytes = Blobs.pull(site, repository, image);
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Pull(bytes / 1e6 / seconds, rig.cpu().plus(site.cpu()).since(cpu));
  }
}
