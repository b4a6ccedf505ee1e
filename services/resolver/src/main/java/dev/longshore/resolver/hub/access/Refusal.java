package dev.longshore.resolver.hub.access;

import java.util.Locale;

/** Why a caller is not admitted as a site. Operators see the reason, the caller does not. */
enum Refusal {
  NOTHING_SHOWN("it showed no bearer token"),
  UNKNOWN_SITE("no site has this name; add it with 'longshore site add'"),
  UNKNOWN("what it showed is not known: it was used, replaced or never given"),
  WRONG_SITE("what it showed is another site's"),
  WRONG_KIND("it showed a token where a credential is needed, or a credential to join with"),
  EXPIRED("what it showed has expired; let it join anew with 'longshore site add'"),
  REVOKED("the site was revoked; 'longshore site add' lets it in again");

  private final String words;

  Refusal(String words) {
    this.words = words;
  }

  /** For the log, with what to do. */
  String words() {
    return words;
  }

  /** For metrics. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
