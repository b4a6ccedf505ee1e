package dev.longshore.runtime.kafka;

import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records of a partition are finished, and whether records before them were missed. Records
 * end out of order; what is committed is the offset of the lowest one that has not ended, and as
 * metadata a bit for each finished one above it, so that a restart repeats none of them. A mark
 * before the bits says that what a gap swallowed is not made good yet.
 */
final class Ledger {
  /** Records of one partition that are under way at most: bounds memory and repeated work. */
  static final int UNDER_WAY_LIMIT = 256;

  /** Records that one poll may add before the partition is paused. */
  static final int POLL_LIMIT = 64;

  /**
   * Offsets between the lowest unfinished record and the next one to be read, at which the
   * partition is paused: one slow record does not hold back thousands behind it, and their bits
   * still fit into 4096 characters, the broker's {@code offset.metadata.max.bytes}.
   */
  static final int WINDOW = 16_384;

  /** Bits that fit into 4096 characters of base64. */
  private static final int BITS_LIMIT = 24_000;

  /** Stands before the bits, and is no character of base64. */
  private static final String GAP = "?";

  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final TreeSet<Long> unfinished = new TreeSet<>();

  /** Those of the unfinished that are to be read again. */
  private final Set<Long> aside = new HashSet<>();

  /** Finished offsets, counted from {@link #base}. */
  private BitSet finished;

  private long gaps;
  private boolean openGap;
  private long base;
  private long next;
  private long position;

  /**
   * A ledger of a partition that is read on.
   *
   * @param start the offset to read first
   * @param finished what is finished above it, counted from it
   */
  Ledger(long start, BitSet finished) {
    this.base = start;
    this.next = start;
    this.position = start;
    this.finished = finished;
  }

  /** The bits of committed metadata; none when they are not this class's. */
  static BitSet bits(OffsetAndMetadata committed) {
    String bits = committed.metadata().substring(hasGap(committed) ? GAP.length() : 0);
    try {
      return BitSet.valueOf(Base64.getDecoder().decode(bits));
    } catch (IllegalArgumentException e) {
      // Only costs repeated work: the steps find it done.
      log.warn("offset metadata {} is not Longshore's: ignored", committed.metadata());
      return new BitSet();
    }
  }

  /** Whether committed metadata says that what a gap swallowed is not made good yet. */
  static boolean hasGap(OffsetAndMetadata committed) {
    return committed.metadata().startsWith(GAP);
  }

  /**
   * Notes that records were missed, which is committed with the offsets until they are made good.
   *
   * @return number of the gap
   */
  synchronized long openGap() {
    openGap = true;
    return ++gaps;
  }

  /** Notes that all is made good that was missed before, unless another gap came after that one. */
  synchronized void closeGap(long gap) {
    openGap &= gap != gaps;
  }

  /**
   * Notes that a record was read.
   *
   * @return whether it is to be handled; false when it was finished before a restart, or is read
   *     again and was not put aside
   */
  synchronized boolean accept(long offset) {
    position = offset + 1;
    next = Math.max(next, position);
    boolean known = offset < base || finished.get((int) (offset - base)) || isUnderWay(offset);
    if (!known) {
      unfinished.add(offset);
      aside.remove(offset);
    }
    advance();
    return !known;
  }

  /** Whether no more may be read until something ends. */
  boolean isFull() {
    return isFull(0);
  }

  /**
   * The same where some of the records under way are bounded otherwise.
   *
   * @param bounded so many
   */
  synchronized boolean isFull(int bounded) {
    return underWay() - bounded > UNDER_WAY_LIMIT - POLL_LIMIT || position - base >= WINDOW;
  }

  /** Records under way. */
  synchronized int underWay() {
    return unfinished.size() - aside.size();
  }

  synchronized boolean isUnderWay(long offset) {
    return unfinished.contains(offset) && !aside.contains(offset);
  }

  /** Notes that a record which was read is not handled before it is read again. */
  synchronized void putAside(long offset) {
    aside.add(offset);
  }

  /** Notes from where reading goes on. */
  synchronized void readFrom(long offset) {
    position = offset;
  }

  /** The offset to be read next. */
  synchronized long position() {
    return position;
  }

  /** The offset behind all that was read. */
  synchronized long end() {
    return next;
  }

  /** Whether the end of a record can be kept while lower ones have not ended. */
  synchronized boolean fits(long offset) {
    return offset - base < BITS_LIMIT;
  }

  /** What to commit when these records end too. */
  synchronized OffsetAndMetadata after(Collection<Long> ending) {
    long first = lowest(ending);
    BitSet bits = (BitSet) finished.clone();
    ending.forEach(offset -> bits.set((int) (offset - base)));
    BitSet above = bits.get((int) (first - base), (int) (first - base) + BITS_LIMIT);
    String metadata = Base64.getEncoder().encodeToString(above.toByteArray());
    return new OffsetAndMetadata(first, openGap ? GAP + metadata : metadata);
  }

  private long lowest(Collection<Long> ending) {
    for (long offset : unfinished) {
      if (!ending.contains(offset)) {
        return offset;
      }
    }
    return next;
  }

  /** Notes the end of records. */
  synchronized void finish(Set<Long> ended) {
    ended.forEach(offset -> finished.set((int) (offset - base)));
    unfinished.removeAll(ended);
    advance();
  }

  private void advance() {
    long first = unfinished.isEmpty() ? next : unfinished.first();
    int done = (int) (first - base);
    if (done > 0) {
      finished = finished.get(done, Math.max(done, finished.length()));
      base = first;
    }
  }
}
