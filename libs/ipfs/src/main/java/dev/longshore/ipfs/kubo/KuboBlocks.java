package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedCarException;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.reader.DagClosure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

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

  void fetch(Cid root, Duration stall, Deadline deadline) throws KuboException {
    RpcCall call =
        RpcCall.of("fetch " + root, "refs")
            .arg(root.toString())
            .with("recursive", true)
            .with("unique", true);
    // Closing the answer ends the request, and with it the node's fetching.
    try (RpcAnswer answer = rpc.send(call, RpcTiming.until(deadline, stall))) {
      for (JsonNode line = answer.next(); line != null; line = answer.next()) {
        String error = line.path("Err").asText();
        if (!error.isEmpty()) {
          throw rpc.faults(call).because(Fault.FAILED, error);
        }
      }
    }
  }

  LocalCopy present(Cid root, Deadline deadline) throws KuboException {
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

  LocalCopy rehashed(Cid root, Deadline deadline) throws KuboException {
    RpcCall call =
        RpcCall.of("hash the local copy of " + root, "dag/export")
            .arg(root.toString())
            .with("progress", false)
            .offline();
    DagClosure dag = new DagClosure(root);
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      CarReader car = new CarReader(answer.stream());
      for (Block block = car.next(); block != null; block = car.next()) {
        dag.add(block);
      }
    } catch (MalformedCarException e) {
      throw rpc.faults(call).because(Fault.GARBLED, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw rpc.faults(call).broken(e);
    }
    Cid missing = dag.nextMissing();
    if (missing != null) {
      throw rpc.faults(call).because(Fault.NOT_HELD, "the export lacks block " + missing);
    }
    return new LocalCopy(dag.blocks(), dag.bytes());
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
    long announced = answer.announced("x-content-length");
    if (announced < 0) {
      answer.close();
      throw rpc.faults(call).because(Fault.GARBLED, "no length of the file");
    }
    return new Content(announced, new ExactStream(answer.stream(), announced, rpc.faults(call)));
  }

  private static RpcCall within(Reach reach, RpcCall call) {
    return switch (reach) {
      case LOCAL -> call.offline();
      case NETWORK -> call;
    };
  }
}
