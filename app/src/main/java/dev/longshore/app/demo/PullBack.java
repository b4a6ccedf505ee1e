package dev.longshore.app.demo;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Pulls an image from the resolver like any client, and compares every byte with the source. */
final class PullBack {
  private static final int BUFFER = 256 * 1024;
  private final RegistryReads reads;
  private final DemoImage image;
  private final Set<Digest> seen = new HashSet<>();
  private int manifests;
  private int blobs;
  private long bytes;

  PullBack(URI resolver, DemoImage image) {
    this.reads = new RegistryReads(resolver, image.to());
    this.image = image;
  }

  /** The compared amount. */
  record Pulled(int manifests, int blobs, long bytes) {}

  /** Whether the resolver has the image by its tag now. */
  boolean isThere() throws IOException {
    HttpURLConnection call = reads.open("manifests/" + image.to().tag().orElseThrow());
    call.setRequestMethod("HEAD");
    try {
      return call.getResponseCode() == HttpURLConnection.HTTP_OK;
    } finally {
      call.disconnect();
    }
  }

  /**
   * Pulls everything.
   *
   * @throws IOException when something is missing or differs
   */
  Pulled run() throws IOException, RegistryException {
    Descriptor root = image.source().resolve(image.from());
    byte[] top = reads.read("manifests/" + image.to().tag().orElseThrow());
    check(root, top);
    children(root, top);
    return new Pulled(manifests, blobs, bytes);
  }

  private void children(Descriptor descriptor, byte[] body) throws IOException, RegistryException {
    switch (Manifest.parse(body, descriptor.mediaType())) {
      case ImageIndex index -> {
        for (Descriptor entry : index.manifests()) {
          if (seen.add(entry.digest())) {
            byte[] manifest = reads.read("manifests/" + entry.digest());
            check(entry, manifest);
            children(entry, manifest);
          }
        }
      }
      case ImageManifest manifest -> {
        for (Descriptor blob : manifest.children()) {
          if (seen.add(blob.digest())) {
            compare(blob);
          }
        }
      }
    }
  }

  private void check(Descriptor expected, byte[] body) throws IOException, RegistryException {
    byte[] original = image.source().manifest(image.from().name(), expected.digest());
    if (!Arrays.equals(original, body)) {
      throw new IOException(
          "the resolver's manifest %s differs from the one that was pushed"
              .formatted(expected.digest()));
    }
    manifests++;
    bytes += body.length;
  }

  private void compare(Descriptor blob) throws IOException, RegistryException {
    HttpURLConnection call = reads.open("blobs/" + blob.digest());
    try (InputStream original = image.source().blob(image.from().name(), blob, 0);
        InputStream pulled = RegistryReads.ok(call)) {
      byte[] left = new byte[BUFFER];
      byte[] right = new byte[BUFFER];
      int length;
      do {
        length = original.readNBytes(left, 0, BUFFER);
        int other = pulled.readNBytes(right, 0, BUFFER);
        if (!Arrays.equals(left, 0, length, right, 0, other)) {
          throw new IOException(
              "the resolver's blob %s differs from the one that was pushed, near byte %d of it"
                  .formatted(blob.digest(), bytes));
        }
        bytes += length;
      } while (length == BUFFER);
    } finally {
      call.disconnect();
    }
    blobs++;
  }
}
