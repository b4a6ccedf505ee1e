package dev.longshore.bench.scale;

import dev.longshore.app.KuboNodes;
import dev.longshore.bench.convert.Conversion;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.parts.RecipientKey;
import dev.longshore.converter.mode.RecipientKeys;
import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.config.PeerSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A converter in a process of its own: converts images one after another and prints a line for
 * each: wall and CPU seconds, and the most bytes that it had resident so far.
 */
final class ConvertMain {
  private static final int FIXED = 4;
  private static final int PER_IMAGE = 3;

  private ConvertMain() {}

  /**
   * Converts.
   *
   * @param arguments the registry's host, a Kubo's RPC and gateway, the mode; then for each image
   *     digest and size of its manifest, and bytes of its blobs
   */
  public static void main(String[] arguments) throws Exception {
    RepositoryName name =
        new RepositoryName(new RegistryHost(arguments[0]), GeneratedRegistry.REPOSITORY);
    PeerSettings peer =
        new PeerSettings(
            "kubo",
            "bench",
            URI.create(arguments[1]),
            URI.create(arguments[2]),
            List.of(),
            null,
            true,
            false);
    ConversionRequest request = request(Mode.valueOf(arguments[3].toUpperCase(Locale.ROOT)));
    try (Conversion conversion = new Conversion(peer, KuboNodes.open(peer))) {
      for (int i = FIXED; i < arguments.length; i += PER_IMAGE) {
        Descriptor top =
            new Descriptor(
                MediaType.OCI_MANIFEST,
                Digest.parse(arguments[i]),
                Long.parseLong(arguments[i + 1]));
        Sample sample = conversion.convert(name, top, Long.parseLong(arguments[i + 2]), request);
        System.out.printf(
            Locale.ROOT,
            "%.3f %.2f %d%n",
            sample.seconds(),
            sample.cpuSeconds(),
            ProcessTree.own().peakResidentBytes());
      }
    }
  }

  private static ConversionRequest request(Mode mode) throws Exception {
    List<String> recipients = List.of();
    if (mode == Mode.ENCRYPTED) {
      Path folder = Files.createTempDirectory("recipient");
      recipients = RecipientKeys.inline(List.of(RecipientKey.write(folder)));
    }
    return new ConversionRequest(List.of(ModeName.of(mode)), List.of(), recipients);
  }
}
