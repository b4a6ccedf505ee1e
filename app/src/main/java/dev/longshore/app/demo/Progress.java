package dev.longshore.app.demo;

/** Tells whoever waits how far the work is. */
public interface Progress {
  /** What is going on at the moment; the next one takes its place. */
  void now(String what);

  /** What stays to be read. */
  void done(String what);
}
