package dev.longshore.app;

import java.util.Objects;

/** Which Longshore this is. */
public final class Version {
  /** As the jar says; {@code dev} when run from classes. */
  public static final String NUMBER =
      Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "dev");

  private Version() {}
}
