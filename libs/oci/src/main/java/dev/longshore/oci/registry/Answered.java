package dev.longshore.oci.registry;

import java.io.Closeable;

/** An answer that came, with its body read or still to be read. */
interface Answered extends Closeable {
  AnswerHead head();

  /** What to report if this is no success; read already, so that it cannot block. */
  SmallAnswer small();

  /** Lets go of the connection; never fails. */
  @Override
  void close();
}
