package dev.longshore.bench.modes;

import dev.longshore.bench.Bar;
import dev.longshore.bench.Bench;
import dev.longshore.bench.convert.Conversion;
import dev.longshore.bench.image.BigImage;
import dev.longshore.bench.measure.Pairs;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.bench.parts.NerdctlNode;
import dev.longshore.bench.parts.RecipientKey;
import dev.longshore.converter.mode.RecipientKeys;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Longshore and nerdctl with an image that is in the registry and in containerd. */
record NerdctlModes(
    Bench bench, NerdctlNode containerd, RepositoryName name, BigImage image, Path folder) {
  /** Where a pair takes this long, most of it nerdctl's, fewer do. */
  private static final int MOST_LONG_PAIRS = 5;

  private static final Bar ESTARGZ = new Bar.AtLeast(10);
  private static final Bar SIZE = new Bar.AtMost(0.98);
  private static final Bar ENCRYPTED = new Bar.AtLeast(5);
  private static final Bar BY_PLAIN = new Bar.AtMost(1.5);
  private static final ConversionRequest PLAIN = request(Mode.PLAIN, List.of());

  private static ConversionRequest request(Mode mode, List<String> recipients) {
    return new ConversionRequest(List.of(ModeName.of(mode)), List.of(), recipients);
  }

  private int longPairs() {
    return Math.min(bench.pairs(), MOST_LONG_PAIRS);
  }

  private String reference() {
    return name + ":1";
  }

  void pull() throws Exception {
    containerd.nerdctl(Map.of(), "pull", "--quiet", "--all-platforms", reference());
  }

  void estargz() throws Exception {
    List<Long> ours = new ArrayList<>();
    List<Long> theirs = new ArrayList<>();
    Pairs pairs =
        Pairs.measure(
            longPairs(),
            1,
            () -> convert(request(Mode.ESTARGZ, List.of()), ours),
            () -> {
              try (FreshKubo kubo = kubo()) {
                Stopwatch watch = Stopwatch.start(ProcessTree.own());
                String root =
                    containerd.nerdctl(
                        kubo.environment(),
                        "push",
                        "--all-platforms",
                        "--estargz",
                        "ipfs://" + reference());
                Sample sample = watch.sample(image.bytes());
                theirs.add(ImageSize.of(kubo.client(), root));
                return sample;
              }
            },
            bench.report()::progress);
    bench.report().ratio("speed, by nerdctl push --estargz", pairs.speedRatio(), ESTARGZ);
    bench.report().sides(pairs, "longshore --mode estargz", "nerdctl push --estargz ipfs://");
    double size = (double) ours.getLast() / theirs.getLast();
    bench
        .report()
        .line(
            "  size: ours %,d bytes, nerdctl's %,d: %.3f x, bar %s: %s"
                .formatted(
                    ours.getLast(),
                    theirs.getLast(),
                    size,
                    SIZE,
                    SIZE.metBy(size) ? "met" : "MISSED"));
  }

  void encrypted() throws Exception {
    String text = RecipientKey.write(folder);
    ConversionRequest request = request(Mode.ENCRYPTED, RecipientKeys.inline(List.of(text)));
    Pairs pairs =
        Pairs.measure(
            bench.pairs(),
            1,
            () -> convert(request, new ArrayList<>()),
            () -> {
              try (FreshKubo kubo = kubo()) {
                Stopwatch watch = Stopwatch.start(ProcessTree.own());
                String encrypted = name + ":encrypted";
                containerd.nerdctl(
                    Map.of(),
                    "image",
                    "encrypt",
                    "--all-platforms",
                    "--recipient",
                    text,
                    reference(),
                    encrypted);
                containerd.nerdctl(
                    kubo.environment(), "push", "--all-platforms", "ipfs://" + encrypted);
                return watch.sample(image.bytes());
              }
            },
            bench.report()::progress);
    bench.report().ratio("speed, by nerdctl image encrypt and push", pairs.speedRatio(), ENCRYPTED);
    bench.report().sides(pairs, "longshore --mode encrypted", "nerdctl image encrypt, push");
    Pairs plain =
        Pairs.measure(
            bench.pairs(),
            1,
            () -> convert(request, new ArrayList<>()),
            () -> convert(PLAIN, new ArrayList<>()),
            bench.report()::progress);
    bench.report().ratio("encrypted, time by the plain mode's", plain.timeRatio(), BY_PLAIN);
    bench.report().sides(plain, "longshore --mode encrypted", "longshore --mode plain");
  }

  /** Converts into a fresh node. */
  private Sample convert(ConversionRequest request, List<Long> sizes) throws Exception {
    try (FreshKubo kubo = kubo();
        Conversion conversion = new Conversion(kubo.settings(), kubo.client())) {
      Sample sample =
          conversion.convert(name, image.manifest().descriptor(), image.bytes(), request);
      ImageState state =
          conversion
              .catalog()
              .conversions()
              .ofDigest(image.manifest().descriptor().digest())
              .getFirst();
      sizes.add(ImageSize.of(kubo.client(), state.root().toString()));
      return sample;
    }
  }

  private FreshKubo kubo() throws Exception {
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    return FreshKubo.startLasting(bench.tools(), folder.resolve("kubo"), key);
  }
}
