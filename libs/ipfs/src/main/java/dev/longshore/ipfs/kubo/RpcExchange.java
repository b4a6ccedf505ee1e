package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;

/** Makes RPC calls, each on its own connection. */
final class RpcExchange {
  private static final int MAX_ERROR_BYTES = 64 * 1024;
  private static final Header NO_BODY = new BasicHeader(HttpHeaders.CONTENT_LENGTH, "0");

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
    RpcConnection connection = connect(timing.bound(call), timing, NO_BODY);
    try {
      return answer(connection, faults);
    } catch (KuboException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /** Sends the head of a call; {@code framing} describes its body. */
  RpcConnection connect(RpcCall call, RpcTiming timing, Header... framing) throws KuboException {
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
      connection.send(request(call, framing));
      return connection;
    } catch (IOException e) {
      KuboException broken = faults.broken(e);
      close(connection, broken);
      throw broken;
    } catch (RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  /** Reads the answer up to its body; anything but a success becomes an exception. */
  RpcAnswer answer(RpcConnection connection, Faults faults) throws KuboException {
    try {
      ClassicHttpResponse answer = connection.receive();
      if (answer.getCode() != HttpStatus.SC_OK) {
        throw refused(answer, faults);
      }
      return new RpcAnswer(connection, answer, faults);
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  /** The status matters most: it counts even if the text after it is truncated. */
  private static KuboException refused(ClassicHttpResponse answer, Faults faults)
      throws IOException {
    InputStream body = answer.getEntity().getContent();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    KuboException cut = null;
    try {
      for (int b = body.read(); b >= 0 && text.size() < MAX_ERROR_BYTES; b = body.read()) {
        text.write(b);
      }
    } catch (IOException e) {
      cut = faults.broken(e);
      if (cut.fault() == Fault.CANCELLED) {
        throw cut;
      }
    }
    KuboException refusal =
        faults.answered(answer.getCode(), text.toString(StandardCharsets.UTF_8));
    if (cut != null) {
      refusal.addSuppressed(cut);
    }
    return refusal;
  }

  /** Closes the connection of a call that failed. */
  static void close(RpcConnection connection, Exception failure) {
    try {
      connection.close();
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }

  private ClassicHttpRequest request(RpcCall call, Header... framing) {
    URI rpc = node.rpc();
    String base = rpc.getRawPath() == null ? "" : rpc.getRawPath().replaceAll("/+$", "");
    String port = rpc.getPort() < 0 ? "" : ":" + rpc.getPort();
    ClassicHttpRequest request = new BasicClassicHttpRequest("POST", base + call.target());
    request.setHeader(HttpHeaders.HOST, rpc.getHost() + port);
    request.setHeader(HttpHeaders.USER_AGENT, "longshore");
    request.setHeader(HttpHeaders.CONNECTION, "close");
    node.credential()
        .header()
        .ifPresent(value -> request.setHeader(HttpHeaders.AUTHORIZATION, value));
    for (Header field : framing) {
      request.setHeader(field);
    }
    return request;
  }
}
