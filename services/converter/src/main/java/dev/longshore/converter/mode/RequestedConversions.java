package dev.longshore.converter.mode;

import dev.longshore.converter.source.Reason;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.Observed;
import dev.longshore.model.ModeName;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The conversions of an image: from the request that came with it, else from its rule. */
public final class RequestedConversions {
  private static final ConversionRequest NO_REQUEST =
      new ConversionRequest(List.of(), List.of(), List.of());

  private final Rules rules;
  private final ModeChoice choice;
  private final ByteSize maxImageSize;

  /**
   * @param maxImageSize for images whose rule sets no limit
   */
  public RequestedConversions(Rules rules, ModeChoice choice, ByteSize maxImageSize) {
    this.rules = rules;
    this.choice = choice;
    this.maxImageSize = maxImageSize;
  }

  /**
   * One conversion for each mode, in the order requested; empty for a tag that its rule leaves out.
   */
  public List<RequestedConversion> of(Observed observed) throws PermanentFailure, TransientFailure {
    return of(
        observed.name(),
        observed.selector(),
        Objects.requireNonNullElse(observed.request(), NO_REQUEST));
  }

  /**
   * The same for a request that has not been observed yet.
   *
   * @param selector tag or digest
   */
  List<RequestedConversion> of(RepositoryName name, String selector, ConversionRequest request)
      throws PermanentFailure, TransientFailure {
    RuleSettings rule = rules.firstMatch(name, selector).settings();
    if (!rule.takes(selector)) {
      return List.of();
    }
    Set<ModeName> modes =
        new LinkedHashSet<>(
            request.modes().isEmpty()
                ? rule.modes().stream().map(ModeName::of).toList()
                : request.modes());
    List<Platform> platforms =
        platforms(request.platforms().isEmpty() ? rule.platforms() : request.platforms());
    long maxBytes = (rule.maxSize() == null ? maxImageSize : rule.maxSize()).bytes();
    var conversions = new ArrayList<RequestedConversion>();
    for (ModeName mode : modes) {
      CanonicalRecipe recipe = CanonicalRecipe.of(choice.of(mode, rule, request), platforms);
      conversions.add(new RequestedConversion(recipe, rule.copies(), maxBytes));
    }
    return conversions;
  }

  private static List<Platform> platforms(List<String> texts) throws PermanentFailure {
    try {
      return texts.stream().map(Platform::parse).toList();
    } catch (OciFormatException e) {
      throw Reason.PLATFORM_UNKNOWN.failure(e);
    }
  }
}
