package dev.longshore.app.demo;

/** Shows the progress of work. */
public interface ProgressDisplay {
  /** Shows the current activity, replacing the previous one. */
  void now(String what);

  /** Shows a lasting line. */
  void done(String what);
}
