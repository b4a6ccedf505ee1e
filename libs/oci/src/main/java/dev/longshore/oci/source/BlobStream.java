package dev.longshore.oci.source;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException.Attempt;
import java.io.FilterInputStream;
import java.io.InputStream;

/** The bytes of one blob, from an offset on; see {@link ImageSource#blob}. */
public final class BlobStream extends FilterInputStream {
  private final Descriptor descriptor;
  private final long offset;

  private BlobStream(VerifyingInputStream in, Descriptor descriptor, long offset) {
    super(in);
    this.descriptor = descriptor;
    this.offset = offset;
  }

  /**
   * Verifies the bytes of {@code in}.
   *
   * @param in starts at the offset; closed with this stream
   * @param attempt describes the read in errors
   */
  public static BlobStream of(InputStream in, Descriptor descriptor, long offset, Attempt attempt) {
    return new BlobStream(
        new VerifyingInputStream(in, descriptor, offset, attempt), descriptor, offset);
  }

  public Descriptor descriptor() {
    return descriptor;
  }

  /** The stream's start within the blob, in bytes. */
  public long offset() {
    return offset;
  }
}
