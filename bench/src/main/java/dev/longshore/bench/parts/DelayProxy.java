package dev.longshore.bench.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A long line to an address of this machine, for kernels without netem: every byte arrives after
 * half a round trip, in each direction. It loses nothing, and holds as much as a wide TCP window;
 * what TCP itself does to a line that long, as its slow start, is not seen.
 */
public final class DelayProxy implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  /** Chunks under way in one direction: 8 MiB, 80 MB/s at 100 ms. */
  private static final int WINDOW = 128;

  /** Connections that wait to be taken: two hundred sites may come back at once. */
  private static final int BACKLOG = 512;

  private static final int CONNECT_MILLIS = 2_000;
  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final long delayNanos;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private DelayProxy(ServerSocket listener, InetSocketAddress target, Duration roundTrip) {
    this.listener = listener;
    this.target = target;
    this.delayNanos = roundTrip.toNanos() / 2;
  }

  /** Starts to listen on loopback, for a port there. */
  public static DelayProxy to(int target, Duration roundTrip) throws IOException {
    return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), roundTrip);
  }

  /** Starts to listen beside the target, at another port of its address. */
  public static DelayProxy to(InetSocketAddress target, Duration roundTrip) throws IOException {
    var proxy =
        new DelayProxy(new ServerSocket(0, BACKLOG, target.getAddress()), target, roundTrip);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        open.add(near);
        Thread.ofVirtual().start(() -> connect(near));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    open.add(far);
    try {
      // The handshake of a real line takes a round trip.
      LockSupport.parkNanos(2 * delayNanos);
      far.connect(target, CONNECT_MILLIS);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
    } catch (IOException e) {
      close(near);
      close(far);
      return;
    }
    pump(near, far);
    pump(far, near);
  }

  /** Bytes that arrived, and when they are due at the other end; none at the end. */
  private record Chunk(ByteBuffer bytes, long due) {}

  private void pump(Socket from, Socket to) {
    BlockingQueue<Chunk> line = new ArrayBlockingQueue<>(WINDOW);
    Thread.ofVirtual().start(() -> read(from, line));
    Thread.ofVirtual().start(() -> write(line, to));
  }

  private void read(Socket from, BlockingQueue<Chunk> line) {
    byte[] buffer = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        line.put(
            new Chunk(ByteBuffer.wrap(buffer.clone(), 0, count), System.nanoTime() + delayNanos));
      }
      line.put(new Chunk(ByteBuffer.allocate(0), System.nanoTime() + delayNanos));
    } catch (IOException e) {
      close(from);
      line.clear();
      boolean _ = line.offer(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(BlockingQueue<Chunk> line, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      while (true) {
        Chunk chunk = line.take();
        for (long left = chunk.due() - System.nanoTime();
            left > 0;
            left = chunk.due() - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        if (!chunk.bytes().hasRemaining()) {
          to.shutdownOutput();
          return;
        }
        out.write(chunk.bytes().array(), 0, chunk.bytes().limit());
      }
    } catch (IOException e) {
      close(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException gone) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(this::close);
  }
}
