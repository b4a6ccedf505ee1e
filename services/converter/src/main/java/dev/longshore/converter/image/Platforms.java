package dev.longshore.converter.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.source.ImageLimits;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ForeignJson;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The platforms of an image: from the index entry, else from the entry's config. For display only;
 * nothing depends on it.
 */
final class Platforms {
  private static final ObjectMapper JSON = new ObjectMapper(ForeignJson.factory());

  private final Map<Digest, DagLink> links;
  private final IngestPeer peer;
  private final SortedSet<String> found = new TreeSet<>();

  private Platforms(Map<Digest, DagLink> links, IngestPeer peer) {
    this.links = links;
    this.peer = peer;
  }

  /** os/arch[/variant], sorted, each once, at most {@link ImageLimits#PLATFORMS_NAMED}. */
  static List<String> of(ImagePlan plan, Map<Digest, DagLink> links, IngestPeer peer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var platforms = new Platforms(links, peer);
    platforms.visit(plan.top());
    return platforms.found.stream().limit(ImageLimits.PLATFORMS_NAMED).toList();
  }

  private void visit(PlanNode node)
      throws TransientFailure, PermanentFailure, InterruptedException {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> {
        for (PlanNode entry : kept) {
          visit(entry);
        }
      }
      case PlanNode.Image(var descriptor, var manifest) -> {
        if (descriptor.platform().isPresent()) {
          add(descriptor.platform().get());
        } else {
          readConfig(manifest.config());
        }
      }
      case PlanNode.Blob _ -> {}
    }
  }

  private void readConfig(Descriptor config)
      throws TransientFailure, PermanentFailure, InterruptedException {
    DagLink link = links.get(config.digest());
    if (link == null
        || !MediaType.isConfig(config.mediaType())
        || config.size() == 0
        || config.size() > ImageLimits.CONFIG_BYTES) {
      return;
    }
    try {
      JsonNode json = JSON.readTree(peer.read(link.cid(), (int) config.size()));
      String os = json.path("os").asText();
      if (!os.isEmpty()) {
        String variant = json.path("variant").asText();
        add(new Platform(os, json.path("architecture").asText(), variant, "", List.of()));
      }
    } catch (IOException e) {
      // A config that is not JSON is stored unchanged; it just has no platform.
      return;
    }
  }

  private void add(Platform platform) {
    if (!platform.isUnknown()) {
      found.add(platform.normalized().toString());
    }
  }
}
