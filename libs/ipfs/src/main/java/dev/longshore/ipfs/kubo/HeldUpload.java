package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Two CARs in one {@code dag/import}: the blocks, then a root that is known only after them. With
 * {@code pin-roots} Kubo takes its pin lock at the first byte and pins at the end.
 */
final class HeldUpload implements HeldImport {
  private final Faults faults;
  private final RpcUpload upload;
  private final CarWriter car;

  HeldUpload(RpcExchange rpc, Deadline begun, Duration limit) throws IOException {
    RpcCall call =
        RpcCall.of("import blocks and hold them", "dag/import")
            .with("pin-roots", true)
            .with("fast-provide-root", false)
            .with("stats", true)
            .within(begun.remaining());
    this.faults = rpc.faults(call);
    this.upload = RpcUpload.onceRead(rpc, call, begun, limit);
    this.car = new CarWriter(upload, List.of());
  }

  @Override
  public void put(Cid cid, byte[] buffer, int offset, int length) throws IOException {
    car.put(cid, buffer, offset, length);
  }

  @Override
  public void hold(Block holder) throws IOException {
    car.put(holder.cid(), holder.bytes(), 0, holder.size());
    upload.nextFile();
    var _ = new CarWriter(upload, List.of(holder.cid()));
    boolean pinned = false;
    long counted = -1;
    RpcAnswer answer = upload.finish();
    for (JsonNode line = answer.next(); line != null; line = answer.next()) {
      String error = line.path("Root").path("PinErrorMsg").asText();
      if (!error.isEmpty()) {
        throw faults.trailed(error);
      }
      pinned |= line.has("Root");
      counted = line.path("Stats").path("BlockCount").asLong(counted);
    }
    if (!pinned || counted != car.blocks()) {
      throw faults.because(
          Fault.FAILED,
          "sent %d blocks but the node counted %d, %s"
              .formatted(car.blocks(), counted, pinned ? "pinned" : "and says of no pin"));
    }
  }

  @Override
  public void close() throws KuboException {
    upload.close();
  }
}
