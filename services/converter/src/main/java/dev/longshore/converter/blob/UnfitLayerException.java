package dev.longshore.converter.blob;

import java.io.IOException;

/** A layer that a mode can never convert. */
public final class UnfitLayerException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnfitLayerException(String message, Throwable cause) {
    super(message, cause);
  }
}
