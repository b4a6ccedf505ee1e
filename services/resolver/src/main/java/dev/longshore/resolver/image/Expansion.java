package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import java.util.List;

/**
 * What is inside of one image in one form.
 *
 * @param image CID of the image's DAG for the form without urls, root CID for the IPFS-enabled form
 * @param top the manifest or index that the image is known by
 * @param members all manifests, configs and layers that are there, {@code top} first, each once
 * @param referrers those of its manifests that have a subject
 * @param leftOut what its manifests name and it does not have
 */
public record Expansion(
    Cid image, Member top, List<Member> members, List<Referrer> referrers, List<LeftOut> leftOut) {
  public Expansion {
    members = List.copyOf(members);
    referrers = List.copyOf(referrers);
    leftOut = List.copyOf(leftOut);
  }
}
