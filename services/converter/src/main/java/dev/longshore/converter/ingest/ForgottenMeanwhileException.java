package dev.longshore.converter.ingest;

/** Breaks a conversion off: people decided to forget its image. */
public final class ForgottenMeanwhileException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
