package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;

/**
 * Carries out RPC calls, one connection each. Own HTTP/1.1 rather than a client library's: Kubo
 * reports errors that come late in a trailer field, which those of the JDK do not show.
 */
final class RpcExchange {
  private static final int READ_BUFFER_BYTES = 64 * 1024;
  private static final int MAX_ERROR_BYTES = 64 * 1024;

  private final KuboAddress node;

  RpcExchange(KuboAddress node) {
    this.node = node;
  }

  Faults faults(RpcCall call) {
    return new Faults(node.name(), call.action());
  }

  /** Sends a call without a body. */
  RpcAnswer send(RpcCall call, Deadline deadline) throws KuboException {
    return send(call, RpcTiming.until(deadline));
  }

  RpcAnswer send(RpcCall call, RpcTiming timing) throws KuboException {
    Faults faults = faults(call);
    RpcConnection connection = connect(timing.bound(call), timing, "Content-Length: 0");
    try {
      return answer(connection, faults);
    } catch (KuboException e) {
      throw closing(connection, e);
    }
  }

  /** Sends the head of a call, and says how the body will be framed. */
  RpcConnection connect(RpcCall call, RpcTiming timing, String framing) throws KuboException {
    Faults faults = faults(call);
    RpcConnection connection;
    try {
      connection = RpcConnection.open(node, timing);
    } catch (UnresolvedAddressException e) {
      throw faults.unresolved(e);
    } catch (IOException e) {
      throw faults.broken(e);
    }
    try {
      OutputStream out = connection.output();
      out.write(head(call, framing).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return connection;
    } catch (IOException e) {
      throw closing(connection, faults.broken(e));
    }
  }

  /** Reads the answer up to its body; anything but a success becomes an exception. */
  RpcAnswer answer(RpcConnection connection, Faults faults) throws KuboException {
    try {
      InputStream in = new BufferedInputStream(connection.input(), READ_BUFFER_BYTES);
      HttpHead head = HttpHead.read(in);
      while (head.status() == 100) {
        head = HttpHead.read(in);
      }
      HttpBody body = new HttpBody(in, head);
      if (head.status() != 200) {
        byte[] text = body.readNBytes(MAX_ERROR_BYTES);
        throw faults.answered(head.status(), new String(text, StandardCharsets.UTF_8));
      }
      return new RpcAnswer(connection, head, body, faults);
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  static KuboException closing(RpcConnection connection, KuboException e) {
    try {
      connection.close();
    } catch (IOException second) {
      e.addSuppressed(second);
    }
    return e;
  }

  private String head(RpcCall call, String framing) {
    URI rpc = node.rpc();
    String base = rpc.getRawPath() == null ? "" : rpc.getRawPath().replaceAll("/+$", "");
    String port = rpc.getPort() < 0 ? "" : ":" + rpc.getPort();
    String authorization =
        node.credential().header().map(value -> "Authorization: " + value + "\r\n").orElse("");
    return "POST "
        + base
        + call.target()
        + " HTTP/1.1\r\nHost: "
        + rpc.getHost()
        + port
        + "\r\nUser-Agent: longshore\r\nConnection: close\r\n"
        + authorization
        + framing
        + "\r\n\r\n";
  }
}
