package dev.longshore.resolver.content;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Future;

/** A read with a concurrent fetch of the rest, until either ends. */
final class WhileFetching extends FilterInputStream {
  private final Future<?> fetch;

  WhileFetching(InputStream in, Future<?> fetch) {
    super(in);
    this.fetch = fetch;
  }

  @Override
  public void close() throws IOException {
    fetch.cancel(true);
    super.close();
  }
}
