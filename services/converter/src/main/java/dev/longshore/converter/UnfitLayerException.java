package dev.longshore.converter;

import java.io.IOException;

/** A layer of which a mode can make nothing, today or tomorrow. */
final class UnfitLayerException extends IOException {
  private static final long serialVersionUID = 1L;

  UnfitLayerException(String message, Throwable cause) {
    super(message, cause);
  }
}
