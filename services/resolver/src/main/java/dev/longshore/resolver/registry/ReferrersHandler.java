package dev.longshore.resolver.registry;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.Referrals;
import java.util.List;
import java.util.Map;

/** Lists the referrers of a manifest; an empty list if there are none, whatever the name. */
final class ReferrersHandler {
  private final Referrals referrals;

  ReferrersHandler(Referrals referrals) {
    this.referrals = referrals;
  }

  RegistryResponse handle(RegistryRequest.Referrers request, RegistryCall call)
      throws UnavailableException, InterruptedException {
    PageRequest page = request.page();
    List<Descriptor> found =
        referrals.of(request.place(), request.subject()).stream()
            .filter(
                d -> request.artifactType().map(d.artifactType().orElse("")::equals).orElse(true))
            .filter(
                d ->
                    page.last().map(last -> d.digest().toString().compareTo(last) > 0).orElse(true))
            .toList();
    List<Descriptor> entries = Lists.entries(page, found);
    ImageIndex index = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), entries);
    RegistryResponse answer =
        RegistryResponse.of(
            200, Map.of("Content-Type", MediaType.OCI_INDEX), new Body.Bytes(index.raw().bytes()));
    if (request.artifactType().isPresent()) {
      answer = answer.with("OCI-Filters-Applied", "artifactType");
    }
    return entries.isEmpty()
        ? answer
        : Lists.link(answer, call, page, found.size(), entries.getLast().digest().toString());
  }
}
