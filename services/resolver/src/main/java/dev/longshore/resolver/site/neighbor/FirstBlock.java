package dev.longshore.resolver.site.neighbor;

import dev.longshore.ipfs.car.CarReader;
import dev.longshore.model.multiformats.ByteCursor;
import dev.longshore.model.multiformats.Varint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/** Waits for the first block of a CAR: its header does not show whether blocks follow. */
final class FirstBlock {
  private final InputStream in;
  private final ByteArrayOutputStream came = new ByteArrayOutputStream();

  private FirstBlock(InputStream in) {
    this.in = in;
  }

  /** The same CAR once its first block or its end has arrived. The reader verifies it. */
  static InputStream await(InputStream car) throws IOException {
    FirstBlock first = new FirstBlock(car);
    if (first.part(CarReader.MAX_HEADER_BYTES)) {
      boolean _ = first.part(CarReader.MAX_SECTION_BYTES);
    }
    return new SequenceInputStream(new ByteArrayInputStream(first.came.toByteArray()), car);
  }

  /** Whether there was one of no more than so many bytes. */
  private boolean part(int limit) throws IOException {
    ByteArrayOutputStream varint = new ByteArrayOutputStream();
    int last;
    do {
      last = in.read();
      if (last < 0) {
        return false;
      }
      varint.write(last);
      came.write(last);
    } while (last >= 0x80 && varint.size() < Varint.MAX_BYTES);
    if (last >= 0x80) {
      return false;
    }
    long length = new ByteCursor(varint.toByteArray()).varint();
    if (length <= 0 || length > limit) {
      return false;
    }
    byte[] part = in.readNBytes((int) length);
    came.writeBytes(part);
    return part.length == length;
  }
}
