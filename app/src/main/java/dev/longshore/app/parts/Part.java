package dev.longshore.app.parts;

/** Something that a development run starts and ends. */
public interface Part {
  /** As messages name it. */
  String name();

  /** Returns when it answers. */
  void start() throws PartFailedException, InterruptedException;

  /** Ends it and returns when it is gone. */
  void stop() throws InterruptedException;
}
