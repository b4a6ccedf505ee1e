package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;

/** Two nodes of one swarm, and new content for each test; a part of {@link IpfsNodeConformance}. */
public abstract class NodeConformance {
  static final AtomicLong SEEDS = new AtomicLong(1000);
  static final Duration STALL = Duration.ofSeconds(2);

  SampleDag dag;

  /** A node that may hold content of other tests. */
  protected abstract IpfsNode first();

  /** Another one in the same swarm. */
  protected abstract IpfsNode second();

  /** Takes a block that nothing pins out of a node's store. */
  protected abstract void lose(IpfsNode node, Cid cid) throws Exception;

  /** Breaks the connections between the two; neither ends. */
  protected abstract void disconnect() throws Exception;

  /** Changes a block in a node's store. */
  protected abstract void corrupt(IpfsNode node, Cid cid) throws Exception;

  @BeforeEach
  void newContent() throws IOException {
    dag = new SampleDag(SEEDS.incrementAndGet());
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(60));
  }

  static Deadline atOnce() {
    return Deadline.after(Duration.ofMillis(700));
  }

  static Fault faultOf(ThrowingCallable call) {
    KuboException e = catchThrowableOfType(KuboException.class, call);
    assertThat(e).as("the call fails with a KuboException").isNotNull();
    return e.fault();
  }

  void connect() throws KuboException {
    first().connect(second().id(soon()).addresses().getFirst(), soon());
  }

  void pin(IpfsNode node, Cid root, String name) throws KuboException {
    node.pin(root, name, STALL, soon(), PinProgress.NONE);
  }

  static List<RecursivePin> pinsOf(IpfsNode node) throws KuboException {
    List<RecursivePin> pins = new ArrayList<>();
    node.pins(pins::add, soon());
    return pins;
  }
}
