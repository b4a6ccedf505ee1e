package dev.longshore.converter.mode;

import dev.longshore.converter.source.Reason;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.Observed;
import dev.longshore.model.Mode;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.ByteSize;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What is to become of an image: by the request that came with it, else by its rule. */
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

  /** One wish for each mode, in the order in which they are asked for; none for a tag left out. */
  public List<RequestedConversion> of(Observed observed) throws PermanentFailure, TransientFailure {
    String tag = Objects.requireNonNullElse(observed.tag(), observed.digest());
    RuleSettings rule =
        rules.firstMatch(observed.registry(), observed.repository(), tag).settings();
    if (!rule.takes(tag)) {
      return List.of();
    }
    ConversionRequest request = Objects.requireNonNullElse(observed.request(), NO_REQUEST);
    Set<String> modes =
        new LinkedHashSet<>(
            request.modes().isEmpty()
                ? rule.modes().stream().map(Mode::text).toList()
                : request.modes());
    List<Platform> platforms =
        platforms(request.platforms().isEmpty() ? rule.platforms() : request.platforms());
    long maxBytes = (rule.maxSize() == null ? maxImageSize : rule.maxSize()).bytes();
    var conversions = new ArrayList<RequestedConversion>();
    for (String mode : modes) {
      Recipe recipe = Recipe.of(choice.of(mode, rule, request), platforms);
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
