package dev.longshore.rules;

/**
 * The rule for an image.
 *
 * @param settings the rule's settings
 * @param explanation which rule it is and why, for people
 */
public record Rule(RuleSettings settings, String explanation) {}
