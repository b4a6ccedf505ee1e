package dev.longshore.resolver.content;

import dev.longshore.ipfs.ByteInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;

/** Holds its turn while it is read, and rests in between. */
final class TurnInput extends ByteInput {
  private final ByteInput in;
  private final FetchTurns.Turn turn;

  /** Closes the stream, but not the turn. */
  TurnInput(InputStream in, FetchTurns.Turn turn) {
    this.in = ByteInput.of(in);
    this.turn = turn;
    turn.rest();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    try {
      turn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("reading was given up").initCause(e);
    }
    try {
      return in.read(into);
    } finally {
      turn.rest();
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    in.close();
  }
}
