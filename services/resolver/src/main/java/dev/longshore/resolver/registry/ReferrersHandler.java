package dev.longshore.resolver.registry;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.image.ForgottenException;
import dev.longshore.resolver.image.Referrals;
import dev.longshore.resolver.image.Resolve;
import java.util.List;
import java.util.Map;

/**
 * Lists the referrers of a manifest; an empty list if there are none, whatever the name. Those of a
 * forgotten one are refused.
 */
final class ReferrersHandler {
  private final Resolve resolve;
  private final Referrals referrals;

  ReferrersHandler(Resolve resolve, Referrals referrals) {
    this.resolve = resolve;
    this.referrals = referrals;
  }

  RegistryResponse handle(RegistryRequest.Referrers request, RegistryCall call)
      throws RequestException, UnavailableException, InterruptedException {
    try {
      resolve.requireKept(request.place(), request.subject());
    } catch (ForgottenException e) {
      throw RequestException.denied(e);
    }
    PageRequest page = request.page();
    List<Descriptor> found =
        referrals.of(request.place(), request.subject(), call.caller()).stream()
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
