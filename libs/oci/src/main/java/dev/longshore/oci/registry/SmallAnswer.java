package dev.longshore.oci.registry;

import java.nio.charset.StandardCharsets;

/** An answer with its body read completely, or not needed. */
@SuppressWarnings("ArrayRecordComponent") // handed from the transport to one parser, never compared
record SmallAnswer(AnswerHead head, byte[] body) implements Answered {
  int status() {
    return head.status();
  }

  /** A body that was read must also look like HTML: Quay labels its {@code true} as HTML. */
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
