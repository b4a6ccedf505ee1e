package dev.longshore.runtime.service.lifecycle;

/** The states of a program between its start and its end. */
public enum LifecycleState {
  NEW,
  STARTING,
  RUNNING,
  STOPPING,
  STOPPED
}
