package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The successful answer to a call. A failure to read it, or an error in its trailer, is a {@link
 * KuboException}; so a body that was read to its end is complete.
 */
final class RpcAnswer implements Closeable {
  // Without a shared symbol table: a hostile answer would fill it.
  private static final ObjectReader JSON =
      new ObjectMapper(
              JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build())
          .readerFor(JsonNode.class);

  private final RpcConnection connection;
  private final ClassicHttpResponse head;
  private final InputStream body;
  private final Faults faults;
  private final InputStream stream = new Body();
  private @Nullable MappingIterator<JsonNode> objects;

  RpcAnswer(RpcConnection connection, ClassicHttpResponse head, Faults faults) throws IOException {
    this.connection = connection;
    this.head = head;
    this.body = head.getEntity().getContent();
    this.faults = faults;
  }

  InputStream stream() {
    return stream;
  }

  /** The length that a header field announces; -1 when there is none. */
  long announced(String field) throws KuboException {
    Header header = head.getFirstHeader(field);
    if (header == null) {
      return -1;
    }
    if (!header.getValue().matches("[0-9]{1,18}")) {
      throw faults.because(Fault.GARBLED, field + " is no length");
    }
    return Long.parseLong(header.getValue());
  }

  /** The body's next JSON object; null at the end. */
  @Nullable JsonNode next() throws KuboException {
    try {
      MappingIterator<JsonNode> values = objects;
      if (values == null) {
        values = JSON.readValues(stream);
        objects = values;
      }
      return values.hasNextValue() ? values.nextValue() : null;
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  /** The only JSON object. */
  JsonNode only() throws KuboException {
    JsonNode node = next();
    if (node == null) {
      throw faults.because(Fault.GARBLED, "empty answer");
    }
    while (next() != null) {
      // Read on: the trailer may hold an error.
    }
    return node;
  }

  byte[] bytes(int max) throws KuboException {
    try {
      byte[] bytes = stream.readNBytes(max + 1);
      if (bytes.length > max) {
        throw faults.because(Fault.GARBLED, "answer of over " + max + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  @Override
  public void close() throws KuboException {
    try {
      connection.close();
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  private void refuse(Header[] trailers) throws KuboException {
    for (Header trailer : trailers) {
      if (trailer.getName().equalsIgnoreCase("X-Stream-Error") && !trailer.getValue().isEmpty()) {
        throw faults.trailed(trailer.getValue());
      }
    }
  }

  private final class Body extends InputStream {
    /** HttpCore forgets at the next read that an end was malformed. */
    private @Nullable KuboException failure;

    @Override
    public int read() throws KuboException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws KuboException {
      if (failure != null) {
        throw failure;
      }
      try {
        int read = body.read(into, offset, length);
        if (read < 0 && body instanceof ChunkedInputStream chunks) {
          refuse(chunks.getFooters());
        }
        return read;
      } catch (IOException e) {
        failure = faults.broken(e);
        throw failure;
      }
    }

    @Override
    public void close() throws KuboException {
      RpcAnswer.this.close();
    }
  }
}
