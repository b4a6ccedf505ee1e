package dev.longshore.oci.registry;

/** An answer whose body was read whole, or was not wanted. */
@SuppressWarnings("ArrayRecordComponent") // handed from the transport to one parser, never compared
record SmallAnswer(AnswerHead head, byte[] body) implements Answered {
  int status() {
    return head.status();
  }

  @Override
  public SmallAnswer small() {
    return this;
  }

  @Override
  public void close() {}
}
