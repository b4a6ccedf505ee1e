package dev.longshore.app.clients;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/** Attributes of all namespaces: Java itself reads those of users alone. */
final class ExtendedAttributes {
  /** Linux's limit for a list and for a value. */
  private static final long MOST_BYTES = 64L << 10;

  private static final MethodHandle LIST =
      function("llistxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle GET =
      function("lgetxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));

  private ExtendedAttributes() {}

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }

  /** Values in hex by name, but for what overlayfs notes for itself. */
  static SortedMap<String, String> of(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      MemorySegment buffer = arena.allocate(MOST_BYTES);
      var attributes = new TreeMap<String, String>();
      for (String name : names(file, path, buffer)) {
        if (!name.isEmpty() && !name.startsWith("trusted.overlay.")) {
          MemorySegment key = arena.allocateFrom(name);
          long size = (long) GET.invokeExact(path, key, buffer, MOST_BYTES);
          attributes.put(name, HexFormat.of().formatHex(bytes(file, buffer, size)));
        }
      }
      return attributes;
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static String[] names(Path file, MemorySegment path, MemorySegment buffer)
      throws Throwable {
    long size = (long) LIST.invokeExact(path, buffer, MOST_BYTES);
    return new String(bytes(file, buffer, size), StandardCharsets.UTF_8).split("\0", -1);
  }

  private static byte[] bytes(Path file, MemorySegment buffer, long size) {
    if (size < 0) {
      throw new AssertionError(file + ": its extended attributes cannot be read");
    }
    return buffer.asSlice(0, size).toArray(JAVA_BYTE);
  }
}
