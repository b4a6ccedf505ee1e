package dev.longshore.runtime.kafka.dispatch;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks of one key in order of arrival, and different keys concurrently. */
final class Lanes {
  private static final Logger log = LoggerFactory.getLogger(Lanes.class);

  private final String threadName;
  private final Map<String, Queue<Runnable>> waiting = new HashMap<>();
  private int behind;

  /**
   * @param threadName prefix of the virtual threads' names; the key follows
   */
  public Lanes(String threadName) {
    this.threadName = threadName;
  }

  /** Adds a task to the key's lane. */
  public void submit(String key, Runnable task) {
    synchronized (waiting) {
      Queue<Runnable> lane = waiting.get(key);
      if (lane != null) {
        lane.add(task);
        behind++;
        return;
      }
      waiting.put(key, new ArrayDeque<>());
    }
    Thread.ofVirtual().name(threadName + " " + key).start(() -> drive(key, task));
  }

  private void drive(String key, Runnable first) {
    Runnable task = first;
    while (task != null) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // The thread's boundary: the lane's other tasks must still run.
        log.error("a task of {} has a defect", key, e);
      }
      task = next(key);
    }
  }

  private @Nullable Runnable next(String key) {
    synchronized (waiting) {
      Queue<Runnable> lane = waiting.get(key);
      Runnable task = lane == null ? null : lane.poll();
      if (task == null) {
        waiting.remove(key);
      } else {
        behind--;
      }
      return task;
    }
  }

  /** Number of tasks that wait for others of their key. */
  int behind() {
    synchronized (waiting) {
      return behind;
    }
  }
}
