package dev.longshore.resolver.hub.access;

/** A caller is not admitted as a site. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;
  private final Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.words());
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
