package dev.longshore.converter.mode;

import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.settings.value.ByteSize;
import java.util.List;

/** The keys under which the results of a push will be recorded, for callers that wait for them. */
public final class RecipeKeys {
  private RecipeKeys() {}

  /**
   * One key for each mode, in the order requested.
   *
   * @param selector tag or digest
   * @throws IllegalArgumentException when the converter will refuse the request
   */
  public static List<Recipe> of(
      List<RuleSettings> rules, RepositoryName name, String selector, ConversionRequest request) {
    return conversions(rules, name, selector, request).stream()
        .map(conversion -> conversion.recipe().key())
        .toList();
  }

  /** The requested conversions, in the order requested. */
  public static List<RequestedConversion> conversions(
      List<RuleSettings> rules, RepositoryName name, String selector, ConversionRequest request) {
    try {
      return new RequestedConversions(
              new Rules(rules), new ModeChoice(), new ByteSize(Long.MAX_VALUE))
          .of(name, selector, request);
    } catch (PermanentFailure | TransientFailure refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
  }
}
