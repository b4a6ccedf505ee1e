package dev.longshore.oci.registry;

import java.io.Closeable;

/** A received answer, with its body already read or still to read. */
interface Answered extends Closeable {
  AnswerHead head();

  /** The answer to report if it is not a success; already read, so that it cannot block. */
  SmallAnswer small();

  /** Releases the connection; never fails. */
  @Override
  void close();
}
