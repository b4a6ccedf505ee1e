package dev.longshore.ipfs.wire;

import dev.longshore.model.multiformats.Varint;
import java.util.Arrays;

/** Writes protobuf fields in the order of the calls. */
public final class ProtoWriter {
  private byte[] buffer;
  private int size;

  /**
   * @param expectedBytes first capacity; it grows when passed
   */
  public ProtoWriter(int expectedBytes) {
    buffer = new byte[Math.max(16, expectedBytes)];
  }

  public ProtoWriter varint(int field, long value) {
    key(field, ProtoReader.VARINT);
    raw(value);
    return this;
  }

  public ProtoWriter bytes(int field, byte[] value) {
    header(field, value.length);
    System.arraycopy(value, 0, reserve(value.length), size, value.length);
    size += value.length;
    return this;
  }

  /** Opens a message whose {@code length} bytes the next calls write. */
  public ProtoWriter header(int field, int length) {
    key(field, ProtoReader.BYTES);
    raw(length);
    return this;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  private void key(int field, int wireType) {
    raw((long) field << 3 | wireType);
  }

  private void raw(long value) {
    size = Varint.write(value, reserve(Varint.MAX_BYTES), size);
  }

  private byte[] reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
    return buffer;
  }
}
