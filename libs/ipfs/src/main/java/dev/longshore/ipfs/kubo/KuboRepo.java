package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.RepoStat;

/** The repository over Kubo's RPC. */
final class KuboRepo {
  private final RpcExchange rpc;

  KuboRepo(RpcExchange rpc) {
    this.rpc = rpc;
  }

  RepoStat stat(Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("read usage", "repo/stat").with("size-only", true);
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      JsonNode stat = answer.only();
      if (!stat.has("RepoSize")) {
        throw rpc.faults(call).because(Fault.GARBLED, "no size of the repository");
      }
      return new RepoStat(stat.path("RepoSize").asLong(), stat.path("StorageMax").asLong());
    }
  }

  long collectGarbage(Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("collect garbage", "repo/gc");
    long removed = 0;
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      for (JsonNode line = answer.next(); line != null; line = answer.next()) {
        String error = line.path("Error").asText("");
        if (!error.isEmpty()) {
          throw rpc.faults(call).because(Fault.FAILED, error);
        }
        removed++;
      }
    }
    return removed;
  }
}
