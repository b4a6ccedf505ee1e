package dev.longshore.runtime.service.lifecycle;

/** Where a program is between its start and its end. */
public enum LifecycleState {
  NEW,
  STARTING,
  RUNNING,
  STOPPING,
  STOPPED
}
