package dev.longshore.runtime.edge.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** Creates the Vert.x of a process. */
public final class EventLoops {
  /** Handlers run elsewhere, so that loops only move bytes: 1 GB/s and more each. */
  private static final int THREADS = 2;

  private EventLoops() {}

  /** Without caches on disk and with hardly any worker threads; the caller closes it. */
  public static Vertx vertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(THREADS)
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }
}
