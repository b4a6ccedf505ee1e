package dev.longshore.resolver.content;

import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Gives the verified bytes of any content: whole, in part, or as one array. */
public final class VerifiedContents implements AutoCloseable {
  /** The caller for fetches that the resolver makes by itself. */
  private static final String OURSELVES = "the resolver itself";

  private final Downloads downloads;
  private final CachedFiles files;
  private final PeerConnections connections;
  private final NodeSource source;

  /** Reads only through the node. */
  public VerifiedContents(
      IpfsNode node,
      BlobCache cache,
      int limit,
      Duration patience,
      ContentMeter meter,
      InstantSource clock) {
    this(node, null, null, cache, limit, patience, meter, clock);
  }

  /** Asks the node's peers for what it lacks. */
  public VerifiedContents(
      IpfsNode node,
      @Nullable FlatfsFiles repository,
      BlobCache cache,
      int limit,
      Duration patience,
      ContentMeter meter,
      InstantSource clock) {
    this(node, repository, null, cache, limit, patience, meter, clock);
  }

  /**
   * @param repository the node's files, if they can be read
   * @param missing source of blocks that the node lacks; its peers if null
   * @param limit concurrent fetches
   * @param patience longest time without a byte, and longest wait of a fetch for its turn
   */
  public VerifiedContents(
      IpfsNode node,
      @Nullable FlatfsFiles repository,
      @Nullable MissingBlocks missing,
      BlobCache cache,
      int limit,
      Duration patience,
      ContentMeter meter,
      InstantSource clock) {
    this.connections = new PeerConnections(node, clock);
    this.source = new NodeSource(node, repository, connections, missing, patience);
    this.files = new CachedFiles(cache, meter);
    this.downloads =
        new Downloads(cache, source, meter, new FetchTurns(limit, patience, FetchTurns.REST));
  }

  /**
   * The whole content. The last bytes come only after everything was verified, so a reader that
   * gets the announced length has the right bytes; otherwise the stream ends with an {@link
   * UnavailableException}.
   *
   * @param caller the caller whose share a fetch counts against: none may use all of them
   */
  public InputStream whole(LocatedContent content, String caller)
      throws UnavailableException, InterruptedException {
    return downloads.open(content, caller);
  }

  /** {@code length} bytes from {@code offset}, both within the content. */
  public InputStream range(LocatedContent content, long offset, long length, String caller)
      throws UnavailableException, InterruptedException {
    if (offset == 0 && length == content.size()) {
      return whole(content, caller);
    }
    try {
      Optional<FileChannel> file = file(content);
      if (file.isPresent()) {
        return new RangeStream(content, part(file.get(), offset), length);
      }
      Optional<CountDownLatch> check = files.check(content);
      InputStream in =
          check.isPresent()
              ? untilChecked(content, offset, length, check.get())
              : source.part(content, offset, length);
      return new RangeStream(content, in, length);
    } catch (IpfsDataException e) {
      throw ContentFailures.wrong(content, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw ContentFailures.stopped(content, 0, e);
    }
  }

  private InputStream untilChecked(
      LocatedContent content, long offset, long length, CountDownLatch checked) {
    return new UntilChecked(
        at -> source.partAtHand(content, offset + at, length - at),
        at -> {
          checked.await();
          Optional<FileChannel> file = file(content);
          return file.isPresent()
              ? part(file.get(), offset + at)
              : source.part(content, offset + at, length - at);
        });
  }

  private static InputStream part(FileChannel file, long offset) throws IOException {
    return Channels.newInputStream(file.position(offset));
  }

  /**
   * The cached file with exactly the right bytes, if there is one: all or any part of it may be
   * sent unchanged. The caller closes it.
   */
  public Optional<FileChannel> file(LocatedContent content) throws UnavailableException {
    return files.intact(content);
  }

  /** The whole content as an array, verified, for the resolver itself. */
  public byte[] bytes(LocatedContent content, int limit)
      throws UnavailableException, InterruptedException {
    return bytes(content, limit, OURSELVES);
  }

  /**
   * The whole content as an array, verified.
   *
   * @param limit largest accepted size in bytes
   */
  public byte[] bytes(LocatedContent content, int limit, String caller)
      throws UnavailableException, InterruptedException {
    if (content.size() > limit) {
      throw ContentFailures.wrong(
          content, content.size() + " bytes where at most " + limit + " are read at once");
    }
    try (InputStream stream = whole(content, caller)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw ContentFailures.stopped(content, 0, e);
    }
  }

  /**
   * Reads data without a digest, by one thread: directories and the files that describe an image.
   *
   * @throws IOException when the node does not answer
   */
  public DagReader structure(Cid root, List<Provider> providers)
      throws IOException, InterruptedException {
    return source.blocks(root, providers);
  }

  /**
   * Single blocks below a root, unverified: from the node's files, or else from the node itself,
   * which asks its peers.
   *
   * @return a source for one reader; it gives up after the time without a block
   */
  public DagBlocks blocks(Cid root, List<Provider> providers) {
    return source.single(root, providers);
  }

  @Override
  public void close() {
    files.close();
    downloads.close();
    source.close();
    connections.close();
  }
}
