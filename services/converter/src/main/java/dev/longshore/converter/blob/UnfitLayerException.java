package dev.longshore.converter.blob;

import java.io.IOException;

/** A layer of which a mode can make nothing, today or tomorrow. */
public final class UnfitLayerException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnfitLayerException(String message, Throwable cause) {
    super(message, cause);
  }
}
