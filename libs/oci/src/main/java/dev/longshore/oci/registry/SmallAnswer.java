package dev.longshore.oci.registry;

import java.nio.charset.StandardCharsets;

/** An answer whose body was read whole, or was not wanted. */
@SuppressWarnings("ArrayRecordComponent") // handed from the transport to one parser, never compared
record SmallAnswer(AnswerHead head, byte[] body) implements Answered {
  int status() {
    return head.status();
  }

  /** Where the body was read it has to look like one: Quay calls its {@code true} HTML. */
  boolean isWebPage() {
    String begin = new String(body, 0, Math.min(body.length, 256), StandardCharsets.UTF_8).strip();
    return head.isWebPage() && (begin.isEmpty() || begin.startsWith("<"));
  }

  @Override
  public SmallAnswer small() {
    return this;
  }

  @Override
  public void close() {}
}
