package dev.longshore.oci.registry;

import java.util.List;
import java.util.Set;

/**
 * The part of a host name that one owner registered: {@code auth.docker.io} and {@code
 * registry-1.docker.io} are both {@code docker.io}. Errs towards the longer name: for an unknown
 * suffix, two hosts count as strangers and the user must trust one explicitly.
 */
final class RegistrableDomain {
  /** Second-level labels under which countries register names: co.uk, com.au... */
  private static final Set<String> COUNTRY_SECOND_LEVEL =
      Set.of(
          "ac", "co", "com", "edu", "go", "gob", "gov", "gouv", "gr", "id", "ltd", "me", "mil",
          "ne", "net", "nom", "or", "org", "plc", "sch");

  /** Suffixes whose owners give names below them to others (public suffix list, private part). */
  private static final List<String> SHARED =
      List.of(
          "amazonaws.com",
          "amazonaws.com.cn",
          "appspot.com",
          "azurecr.io",
          "azurecr.cn",
          "azurewebsites.net",
          "cloudapp.azure.com",
          "cloudfront.net",
          "core.windows.net",
          "fly.dev",
          "github.io",
          "gitlab.io",
          "googleapis.com",
          "herokuapp.com",
          "netlify.app",
          "ngrok.io",
          "ngrok-free.app",
          "pages.dev",
          "pkg.dev",
          "r2.dev",
          "run.app",
          "trycloudflare.com",
          "vercel.app",
          "workers.dev");

  private RegistrableDomain() {}

  static String of(String host) {
    for (String suffix : SHARED) {
      if (host.equals(suffix) || host.endsWith("." + suffix)) {
        // Names below may nest (account.region.suffix), so the whole host is the owner's.
        return host;
      }
    }
    List<String> labels = List.of(host.split("\\.", -1));
    if (labels.size() < 2) {
      return host;
    }
    String top = labels.getLast();
    String second = labels.get(labels.size() - 2);
    int count = top.length() == 2 && COUNTRY_SECOND_LEVEL.contains(second) ? 3 : 2;
    return labels.size() < count
        ? host
        : String.join(".", labels.subList(labels.size() - count, labels.size()));
  }
}
