package dev.longshore.pinner;

/** What came of a look at a name. */
enum NameLook {
  /** Its record says what it shows. */
  RIGHT,

  /** The step is to write another record. */
  REQUESTED,

  /** So it is, but its partition has too much to do. */
  REFUSED,

  /** Its partition is another process's. */
  ELSEWHERE
}
