package dev.longshore.bench.edge;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A thread of this process that is in a network namespace: the sockets that it opens are of that
 * namespace, so that a site is looked at without a byte on its line.
 */
final class FarEnd implements AutoCloseable {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int READ_ONLY = 0;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().name("far-end").daemon().unstarted(task));

  private FarEnd() {}

  /** Starts the thread. */
  static FarEnd of(Path namespace) throws IOException, InterruptedException {
    FarEnd end = new FarEnd();
    try {
      end.call(
          () -> {
            enter(namespace);
            return true;
          });
      return end;
    } catch (IOException | InterruptedException | RuntimeException e) {
      end.close();
      throw e;
    }
  }

  private static void enter(Path namespace) throws IOException {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle open =
          linker.downcallHandle(
              linker.defaultLookup().find("open").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
              Linker.Option.firstVariadicArg(2));
      MethodHandle setns = function(linker, "setns", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      MethodHandle close = function(linker, "close", ValueLayout.JAVA_INT);
      MemorySegment path = arena.allocateFrom(namespace.toString());
      int file = (int) open.invokeExact(path, READ_ONLY);
      if (file < 0) {
        throw new IOException("the network namespace " + namespace + " cannot be opened");
      }
      int entered = (int) setns.invokeExact(file, CLONE_NEWNET);
      var _ = (int) close.invokeExact(file);
      if (entered != 0) {
        throw new IOException("the network namespace " + namespace + " cannot be entered");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) { // As a method handle is declared.
      throw new IOException("entering " + namespace, e);
    }
  }

  private static MethodHandle function(Linker linker, String name, ValueLayout.OfInt... arguments) {
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  /** Does it there. */
  <T> T call(Callable<T> work) throws IOException, InterruptedException {
    try {
      return thread.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
