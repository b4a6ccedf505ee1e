package dev.longshore.converter;

import dev.longshore.converter.mode.ModeChoice;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.rules.RuleSettings;
import java.util.List;

/** Whether the converter can do what the rules ask for: keys of recipients, pieces of layers. */
public record RulesCheck(List<RuleSettings> rules) implements Check {
  public RulesCheck {
    rules = List.copyOf(rules);
  }

  @Override
  public String part() {
    return "rules";
  }

  @Override
  public void look(Findings findings) {
    String tried = "read the keys that rules name, and what their modes need";
    try {
      new ModeChoice().requireReady(rules);
      findings.fine(tried, rules.size() + " rules");
    } catch (IllegalArgumentException | IllegalStateException e) {
      findings.wrong(
          tried,
          String.valueOf(e.getMessage()),
          "correct that rule, or put what it needs in place: the converter does not start without");
    }
  }
}
