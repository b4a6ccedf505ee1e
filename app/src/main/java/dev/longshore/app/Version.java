package dev.longshore.app;

import java.util.Objects;

/** The version of this Longshore. */
public final class Version {
  /** From the jar; {@code dev} when run from classes. */
  public static final String NUMBER =
      Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "dev");

  private Version() {}
}
