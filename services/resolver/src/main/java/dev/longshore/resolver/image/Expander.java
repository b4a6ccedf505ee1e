package dev.longshore.resolver.image;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.PathNotFoundException;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.IpfsEnabledManifests;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.resolver.content.Provider;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.member.Expansion;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out what is inside an image by reading its manifests. */
final class Expander {
  private final VerifiedContents contents;

  Expander(VerifiedContents contents) {
    this.contents = contents;
  }

  /** Something that reads from the node. */
  @FunctionalInterface
  private interface Read<T> {
    T from(DagReader reader) throws IOException, UnknownException;
  }

  /** The image without urls, from an image DAG: an image layout with linked files. */
  Expansion layout(Cid dag, List<Provider> providers)
      throws UnknownException, UnavailableException, InterruptedException {
    Layout layout =
        read(
            dag, providers, reader -> new Layout(layoutTop(reader, dag), layoutBlobs(reader, dag)));
    return new ManifestWalk(contents, providers, layout::cid).walk(dag, layout.top());
  }

  /** What an image layout says of itself, without a look into its manifests. */
  private record Layout(Descriptor top, Map<Digest, Cid> blobs) {
    Optional<Cid> cid(Descriptor descriptor) {
      return Optional.ofNullable(blobs.get(descriptor.digest()));
    }
  }

  /** The IPFS-enabled image, from a root CID: a descriptor with a url to follow. */
  Expansion root(Cid root, List<Provider> providers)
      throws UnknownException, UnavailableException, InterruptedException {
    Descriptor top =
        read(
            root,
            providers,
            reader -> Descriptor.parse(reader.read(root, ExpansionLimits.DESCRIPTOR_BYTES)));
    return new ManifestWalk(contents, providers, Expander::urlCid).walk(root, top);
  }

  /** Whether the CID is a directory: an image DAG is one, a root descriptor is not. */
  boolean isLayout(Cid cid, List<Provider> providers)
      throws UnknownException, UnavailableException, InterruptedException {
    return read(
        cid,
        providers,
        reader -> {
          try {
            reader.resolve(cid, "index.json");
            return true;
          } catch (IpfsDataException e) {
            return false;
          }
        });
  }

  private static Descriptor layoutTop(DagReader reader, Cid dag)
      throws IOException, UnknownException {
    byte[] json = reader.read(reader.resolve(dag, "index.json"), ExpansionLimits.DESCRIPTOR_BYTES);
    if (!(Manifest.parse(json, MediaType.OCI_INDEX) instanceof ImageIndex index)
        || index.manifests().size() != 1) {
      throw new UnknownException(
          "/ipfs/" + dag + " is no image DAG: its index.json does not name exactly one image");
    }
    return index.manifests().getFirst();
  }

  private static Map<Digest, Cid> layoutBlobs(DagReader reader, Cid dag) throws IOException {
    Map<Digest, Cid> blobs = new HashMap<>();
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      Cid folder;
      try {
        folder = reader.resolve(dag, "blobs/" + algorithm.prefix());
      } catch (PathNotFoundException e) {
        continue;
      }
      reader.list(
          folder,
          entry -> {
            if (blobs.size() >= ExpansionLimits.BLOBS) {
              throw new OciFormatException(
                  "image DAG: more than " + ExpansionLimits.BLOBS + " blobs");
            }
            blobs.put(new Digest(algorithm, entry.name()), entry.cid());
          });
    }
    return blobs;
  }

  private static Optional<Cid> urlCid(Descriptor descriptor) {
    try {
      return IpfsEnabledManifests.cid(descriptor).map(Cid::parse);
    } catch (MalformedCidException e) {
      return Optional.empty();
    }
  }

  private <T> T read(Cid image, List<Provider> providers, Read<T> what)
      throws UnknownException, UnavailableException, InterruptedException {
    try {
      return what.from(contents.structure(image, providers));
    } catch (BadBlockException e) {
      throw new UnavailableException(
          UnavailableException.Reason.BAD_SOURCE,
          "image /ipfs/" + image + ": " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw UnavailableException.reading("reading image /ipfs/" + image, e);
    } catch (IpfsDataException | OciFormatException e) {
      throw new UnknownException("/ipfs/" + image + " is no image: " + e.getMessage());
    }
  }
}
