package dev.longshore.catalog.served;

import dev.longshore.events.ImageState;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.RuleSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which modes a repository serves: those of its rule, and those that pushes requested. An encrypted
 * repository serves only encrypted images, whatever is known about the same source elsewhere.
 *
 * @param rule the first that matches the repository
 */
public record ServedModes(RepositoryName repository, RuleSettings rule) {
  /** The mode that a tag selects comes first. */
  public List<Mode> inOrder() {
    var order = new ArrayList<Mode>();
    order.add(rule.preferredMode());
    order.addAll(rule.modes());
    order.addAll(Arrays.asList(Mode.values()));
    return order.stream().distinct().filter(this::mayServe).toList();
  }

  /** Never a mode from a later release: this one does not know who may read it. */
  public boolean serves(ImageState image) {
    return Arrays.stream(Mode.values())
        .filter(mode -> isIn(image, mode))
        .anyMatch(mode -> mayServe(mode) && (rule.modes().contains(mode) || isOwn(image)));
  }

  private boolean mayServe(Mode mode) {
    return !rule.encryptedOnly() || mode == Mode.ENCRYPTED;
  }

  /** Whether an image of this mode is ever served. */
  public boolean mayServe(ModeName name) {
    return inOrder().stream().anyMatch(name::is);
  }

  /** Whether it was read here first, and so made for this repository's clients. */
  public boolean isOwn(ImageState image) {
    return image.name().equals(repository);
  }

  /** The suffix of a tag for this mode, unless the tag alone selects it. */
  public String suffix(Mode mode) {
    return rule.suffixes().of(mode);
  }

  /** Whether the image is in this mode. */
  public static boolean isIn(ImageState image, Mode mode) {
    return image.mode().is(mode);
  }
}
