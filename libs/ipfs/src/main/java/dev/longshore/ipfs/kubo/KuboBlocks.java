package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedCarException;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.node.ByteRange;
import dev.longshore.ipfs.node.CarBody;
import dev.longshore.ipfs.node.Content;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.ImportStats;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCopy;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.DagClosure;
import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blocks over Kubo's RPC. */
final class KuboBlocks {
  private final RpcExchange rpc;

  KuboBlocks(RpcExchange rpc) {
    this.rpc = rpc;
  }

  ImportStats importCar(CarBody body, Deadline deadline) throws IOException {
    RpcCall call =
        RpcCall.of("import blocks", "dag/import")
            .with("pin-roots", false)
            .with("fast-provide-root", false)
            .with("stats", true)
            .within(deadline.remaining());
    try (RpcUpload upload = new RpcUpload(rpc, call, deadline)) {
      CarWriter car = new CarWriter(upload, List.of());
      body.writeTo(car);
      ImportStats ours = new ImportStats(car.blocks(), car.blockBytes());
      JsonNode stats = upload.finish().only().path("Stats");
      ImportStats theirs =
          new ImportStats(
              stats.path("BlockCount").asLong(-1), stats.path("BlockBytesCount").asLong(-1));
      if (!ours.equals(theirs)) {
        throw rpc.faults(call)
            .because(Fault.FAILED, "sent " + ours + " but the node counted " + theirs);
      }
      return ours;
    }
  }

  HeldImport importHeld(Deadline begun, Duration limit) throws IOException {
    return new HeldUpload(rpc, begun, limit);
  }

  Block block(Cid cid, Reach reach, Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("read block " + cid, "block/get").arg(cid.toString());
    try (RpcAnswer answer = rpc.send(within(reach, call), deadline)) {
      return Block.verify(cid, answer.bytes(Block.MAX_BYTES));
    }
  }

  boolean holds(Cid cid, Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("look for block " + cid, "block/stat").arg(cid.toString()).offline();
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      return answer.only().has("Key");
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return false;
      }
      throw e;
    }
  }

  Optional<String> remove(Cid cid, Deadline deadline) throws KuboException {
    // With force, a missing block is no error; a pin still prevents the removal.
    RpcCall call =
        RpcCall.of("remove block " + cid, "block/rm").arg(cid.toString()).with("force", true);
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      JsonNode line = answer.next();
      String error = line == null ? "" : line.path("Error").asText("");
      if (error.isEmpty()) {
        return Optional.empty();
      }
      if (error.contains("pinned")) {
        return Optional.of(error);
      }
      throw rpc.faults(call).because(Fault.FAILED, error);
    }
  }

  void fetch(Cid root, Duration stall, Deadline deadline) throws KuboException {
    RpcCall call =
        RpcCall.of("fetch " + root, "refs")
            .arg(root.toString())
            .with("recursive", true)
            .with("unique", true);
    references(call, _ -> {}, stall, deadline);
  }

  void fetchChildren(Cid parent, Consumer<Cid> came, Duration stall, Deadline deadline)
      throws KuboException {
    references(
        RpcCall.of("fetch the children of " + parent, "refs")
            .arg(parent.toString())
            .with("unique", true),
        came,
        stall,
        deadline);
  }

  /** Kubo lists a reference once it has its block. */
  private void references(RpcCall call, Consumer<Cid> came, Duration stall, Deadline deadline)
      throws KuboException {
    // Closing the answer ends the request, and with it the node's fetching.
    try (RpcAnswer answer = rpc.send(call, RpcTiming.until(deadline, stall))) {
      for (JsonNode line = answer.next(); line != null; line = answer.next()) {
        String error = line.path("Err").asText();
        if (!error.isEmpty()) {
          throw rpc.faults(call).because(Fault.FAILED, error);
        }
        came.accept(Cid.parse(line.path("Ref").asText()));
      }
    } catch (MalformedCidException e) {
      throw rpc.faults(call).because(Fault.GARBLED, String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether the node asks its peers for this block now. */
  boolean isWaitingFor(Cid cid, Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("list what is waited for", "bitswap/wantlist");
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      for (JsonNode key : answer.only().path("Keys")) {
        if (key.path("/").asText().equals(cid.toString())) {
          return true;
        }
      }
      return false;
    }
  }

  LocalCopy present(Cid root, Deadline deadline) throws KuboException {
    if (root.equals(KuboPins.EMPTY)) {
      return rehashed(root, deadline); // Kubo divides by its size and has no JSON for the result.
    }
    RpcCall call =
        RpcCall.of("check the local copy of " + root, "dag/stat")
            .arg(root.toString())
            .with("progress", false)
            .offline();
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      JsonNode stat = answer.only();
      long blocks = stat.path("UniqueBlocks").asLong(-1);
      if (blocks < 1) {
        throw rpc.faults(call).because(Fault.GARBLED, "no count of blocks");
      }
      return new LocalCopy(blocks, stat.path("TotalSize").asLong(-1));
    }
  }

  void export(Cid root, BlockSink sink, Duration stall, Deadline deadline) throws IOException {
    RpcCall call = exported("export " + root, root);
    try (Exported blocks = new Exported(call, RpcTiming.until(deadline, stall))) {
      for (Block block = blocks.next(); block != null; block = blocks.next()) {
        sink.put(block.cid(), block.bytes(), 0, block.size());
      }
    }
  }

  LocalCopy rehashed(Cid root, Deadline deadline) throws KuboException {
    RpcCall call = exported("hash the local copy of " + root, root);
    DagClosure dag = new DagClosure(root);
    try (Exported blocks = new Exported(call, RpcTiming.until(deadline))) {
      for (Block block = blocks.next(); block != null; block = blocks.next()) {
        dag.add(block);
      }
    }
    Cid missing = dag.nextMissing();
    if (missing != null) {
      throw rpc.faults(call).because(Fault.NOT_HELD, "the export lacks block " + missing);
    }
    return new LocalCopy(dag.blocks(), dag.bytes());
  }

  private static RpcCall exported(String action, Cid root) {
    return RpcCall.of(action, "dag/export").arg(root.toString()).with("progress", false).offline();
  }

  /** Blocks that the node exports; every failure counts as the node's. */
  private final class Exported implements AutoCloseable {
    private final Faults faults;
    private final RpcAnswer answer;
    private @Nullable CarReader car;

    Exported(RpcCall call, RpcTiming timing) throws KuboException {
      this.faults = rpc.faults(call);
      this.answer = rpc.send(call, timing);
    }

    @Nullable Block next() throws KuboException {
      try {
        if (car == null) {
          car = new CarReader(answer.stream());
        }
        return car.next();
      } catch (MalformedCarException e) {
        throw faults.because(Fault.GARBLED, String.valueOf(e.getMessage()), e);
      } catch (IOException e) {
        throw faults.broken(e);
      }
    }

    @Override
    public void close() throws KuboException {
      answer.close();
    }
  }

  /** Reads a file over the RPC, which may ask peers. */
  Content cat(Cid root, String path, ByteRange range, Deadline deadline) throws KuboException {
    String target = "/ipfs/" + root + (path.isEmpty() ? "" : "/" + path);
    RpcCall call = RpcCall.of("read " + target, "cat").arg(target).with("progress", false);
    if (range.offset() > 0) {
      call = call.with("offset", range.offset());
    }
    if (range.length() != ByteRange.TO_THE_END) {
      call = call.with("length", range.length());
    }
    RpcAnswer answer = rpc.send(call, RpcTiming.whileItFlows(deadline));
    try {
      Faults faults = rpc.faults(call);
      long announced = answer.announced("x-content-length");
      if (announced < 0) {
        throw faults.because(Fault.GARBLED, "no length of the file");
      }
      return new Content(announced, new ExactStream(answer.stream(), announced, faults));
    } catch (KuboException e) {
      answer.close();
      throw e;
    }
  }

  private static RpcCall within(Reach reach, RpcCall call) {
    return switch (reach) {
      case LOCAL -> call.offline();
      case NETWORK -> call;
    };
  }
}
