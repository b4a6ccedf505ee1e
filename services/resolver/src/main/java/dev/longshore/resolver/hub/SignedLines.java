package dev.longshore.resolver.hub;

import dev.longshore.model.SiteName;
import dev.longshore.runtime.edge.http.ChunkSource;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Group;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The lines of an answer, one chunk per signature: each can be applied on arrival. */
final class SignedLines implements ChunkSource, AutoCloseable {
  /** Two lines are for the signature and the end. */
  private static final int LINES = ChangeLine.SIGNED - 2;

  /** Limit in bytes of a chunk, which is held in memory: long lines are signed sooner. */
  private static final int BYTES = 256 * 1024;

  private final SiteName site;
  private final @Nullable String nonce;
  private final Steps steps;
  private final AnswerSigner signer;
  private final InstantSource clock;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final OutputStream coded;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private int count;

  /** Lines of a step that did not fit before the last signature. */
  private final Deque<byte[]> left = new ArrayDeque<>();

  /** The site's cursor once it has applied everything signed so far. */
  private @Nullable String reached;

  /** The cursor after the last complete step: what a site may claim to have applied. */
  private Cursor applied;

  /** The site's cursor once it has applied the remaining lines as well. */
  private Cursor next;

  private boolean begun;
  private boolean ended;

  /**
   * @param nonce the request's nonce, if it has one
   * @param from the site's cursor; null if it begins
   * @param start where the steps begin
   */
  SignedLines(
      SiteName site,
      @Nullable String nonce,
      Group group,
      @Nullable String from,
      Cursor start,
      Steps steps,
      AnswerSigner signer,
      Encoding encoding,
      InstantSource clock)
      throws IOException {
    this.site = site;
    this.nonce = nonce;
    this.reached = from;
    this.applied = start;
    this.next = start;
    this.steps = steps;
    this.signer = signer;
    this.clock = clock;
    this.coded = encoding.around(sent);
    write(SiteLines.write(ChangeLine.of(group)));
  }

  /** Puts a step found before the answer began first. */
  void first(CursorStep step) {
    left.addAll(step.lines());
    next = step.reached();
  }

  @Override
  public @Nullable Chunk next() throws IOException {
    if (ended) {
      return null;
    }
    boolean whole = false;
    boolean last = false;
    while (!last) {
      while (!left.isEmpty() && count < LINES && lines.size() < BYTES) {
        write(left.remove());
      }
      if (!left.isEmpty()) {
        break;
      }
      applied = next;
      if (count >= LINES || lines.size() >= BYTES) {
        break;
      }
      try {
        CursorStep step = steps.next();
        if (step == null) {
          whole = true;
          last = true;
        } else {
          left.addAll(step.lines());
          next = step.reached();
        }
      } catch (NotYetException e) {
        if (count == 1 && !begun) {
          throw e;
        }
        // What came before it counts; the next request reports it.
        last = true;
      }
    }
    sign(applied, whole);
    begun = true;
    ended = last;
    return chunk();
  }

  private void sign(Cursor to, boolean whole) throws IOException {
    String text = to.text();
    write(
        SiteLines.write(
            ChangeLine.of(
                new End(
                    site,
                    steps.kind(),
                    reached,
                    text,
                    whole,
                    signer.id(),
                    clock.instant(),
                    nonce))));
    reached = text;
    byte[] signed = lines.toByteArray();
    lines.reset();
    count = 0;
    coded.write(signed);
    coded.write(SiteLines.write(ChangeLine.ofSignature(signer.sign(signed))));
    coded.write('\n');
  }

  private Chunk chunk() throws IOException {
    if (ended) {
      coded.close();
    } else {
      coded.flush();
    }
    ByteBuffer bytes = ByteBuffer.wrap(sent.toByteArray());
    sent.reset();
    return new Part(bytes);
  }

  private record Part(ByteBuffer bytes) implements Chunk {
    @Override
    public void sent() {}
  }

  private void write(byte[] line) throws IOException {
    lines.write(line);
    lines.write('\n');
    count++;
  }

  /** Frees the compressor, for an aborted answer too. */
  @Override
  public void close() throws IOException {
    coded.close();
  }
}
