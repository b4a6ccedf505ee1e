package dev.longshore.app.mirror;

import java.util.Locale;

/** A program that pulls images on this machine. */
public enum ContainerRuntime {
  CONTAINERD,
  DOCKER,
  K3S,
  RKE2;

  /** As it is typed. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
