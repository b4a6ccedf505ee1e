package dev.longshore.model;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The platform that an image runs on (image spec, "Image Index"). Absent texts are empty.
 *
 * @param os {@code linux}, {@code windows}...; {@code unknown} for attestations
 * @param architecture Go's names: {@code amd64}, {@code arm64}...
 */
public record Platform(
    String os, String architecture, String variant, String osVersion, List<String> osFeatures) {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]+");

  public Platform {
    osFeatures = List.copyOf(osFeatures);
  }

  public Platform(String os, String architecture) {
    this(os, architecture, "", "", List.of());
  }

  /** Parses {@code os/architecture[/variant]}, in containerd's normal form. */
  public static Platform parse(String text) {
    List<String> parts = List.of(text.split("/", -1));
    if (parts.size() < 2
        || parts.size() > 3
        || !parts.stream().allMatch(p -> PART.matcher(p).matches())) {
      throw OciFormatException.of("platform", text, "os/architecture or os/architecture/variant");
    }
    String variant = parts.size() == 3 ? parts.get(2) : "";
    return new Platform(parts.get(0), parts.get(1), variant, "", List.of()).normalized();
  }

  /** The platform of this machine. */
  public static Platform host() {
    String os = System.getProperty("os.name", "linux").toLowerCase(Locale.ROOT);
    String family = os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : os;
    return new Platform(family, System.getProperty("os.arch", "amd64")).normalized();
  }

  /** Whether an image for this platform satisfies {@code wanted}; variants must agree. */
  public boolean matches(Platform wanted) {
    Platform mine = normalized();
    Platform other = wanted.normalized();
    return mine.os.equals(other.os)
        && mine.architecture.equals(other.architecture)
        && mine.variant.equals(other.variant);
  }

  /** Whether this marks something that does not run, such as an attestation. */
  public boolean isUnknown() {
    return os.equals("unknown") && architecture.equals("unknown");
  }

  /** The platform normalized as in containerd: without aliases and default variants. */
  public Platform normalized() {
    String lowerOs = os.toLowerCase(Locale.ROOT);
    String arch = architecture.toLowerCase(Locale.ROOT);
    String v = variant.toLowerCase(Locale.ROOT);
    String normalOs = lowerOs.equals("macos") ? "darwin" : lowerOs;
    return switch (arch) {
      case "i386" -> with(normalOs, "386", "");
      case "x86_64", "x86-64", "amd64" -> with(normalOs, "amd64", v.equals("v1") ? "" : v);
      case "aarch64", "arm64" -> with(normalOs, "arm64", v.equals("8") || v.equals("v8") ? "" : v);
      case "armhf" -> with(normalOs, "arm", "v7");
      case "armel" -> with(normalOs, "arm", "v6");
      case "arm" -> with(normalOs, "arm", armVariant(v));
      default -> with(normalOs, arch, v);
    };
  }

  private static String armVariant(String v) {
    return switch (v) {
      case "", "7" -> "v7";
      case "5", "6", "8" -> "v" + v;
      default -> v;
    };
  }

  private Platform with(String newOs, String newArchitecture, String newVariant) {
    return new Platform(newOs, newArchitecture, newVariant, osVersion, osFeatures);
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
