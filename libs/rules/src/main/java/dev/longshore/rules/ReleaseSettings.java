package dev.longshore.rules;

/** Whether a guard stops a release of very many images at once. */
public enum ReleaseSettings {
  GUARDED,
  UNATTENDED
}
