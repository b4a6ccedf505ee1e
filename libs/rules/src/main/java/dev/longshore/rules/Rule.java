package dev.longshore.rules;

/**
 * The rule that an image falls under.
 *
 * @param settings what becomes of it
 * @param explanation which rule it is and why, for people
 */
public record Rule(RuleSettings settings, String explanation) {}
