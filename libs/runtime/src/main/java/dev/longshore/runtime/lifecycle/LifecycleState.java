package dev.longshore.runtime.lifecycle;

/** Where a program is between its start and its end. */
public enum LifecycleState {
  NEW,
  STARTING,
  RUNNING,
  STOPPING,
  STOPPED
}
