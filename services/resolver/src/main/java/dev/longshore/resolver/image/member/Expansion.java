package dev.longshore.resolver.image.member;

import dev.longshore.model.Cid;
import java.util.List;

/**
 * The content of one image, without urls or IPFS-enabled.
 *
 * @param image CID of the image's DAG for the image without urls, root CID for the IPFS-enabled one
 * @param top the manifest or index that identifies the image
 * @param members all manifests, configs and layers that are there, {@code top} first, each once
 * @param referrers its manifests with a subject
 * @param leftOut content that its manifests name and it lacks
 */
public record Expansion(
    Cid image, Member top, List<Member> members, List<Referrer> referrers, List<LeftOut> leftOut) {
  public Expansion {
    members = List.copyOf(members);
    referrers = List.copyOf(referrers);
    leftOut = List.copyOf(leftOut);
  }
}
