package dev.longshore.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a record component as a setting. Its key is the component's name in kebab case. A
 * component without a default is required, unless it is {@code @Nullable}.
 *
 * <p>A record refuses values with an {@link IllegalArgumentException} from its constructor. A
 * message that begins with a key and a colon is reported at that key's line, any other at the
 * section's.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /**
   * The default; without one the setting is required. The text of a single value, or YAML of a list
   * or section, as in the file. A key missing from a section in the file comes from the section's
   * default.
   */
  String[] value() default {};

  /** Its meaning, for docs/settings.md. */
  String doc();

  /** The unit of a plain number: {@code requests}, {@code copies}. */
  String unit() default "";

  /**
   * In a list of sections: a group of settings within the section. No two sections of the list may
   * share a value among all settings of that group.
   */
  String unique() default "";

  /** The key that it had in an earlier release, which is still read; empty if it had no other. */
  String former() default "";

  /** Its key, where no component can have that name; empty if it is the component's. */
  String key() default "";
}
