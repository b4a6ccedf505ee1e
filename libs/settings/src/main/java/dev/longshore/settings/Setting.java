package dev.longshore.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record component means as a setting. Its key is the component's name in kebab case. A
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
   * The default; none makes the setting required. The text of a single value; of a list or section
   * YAML, read as if it stood in the file. A key that a section leaves out in the file is taken
   * from the section's default.
   */
  String[] value() default {};

  /** What it does, for docs/settings.md. */
  String doc();

  /** The unit of a plain number: {@code requests}, {@code copies}. */
  String unit() default "";

  /**
   * In a list of sections: a name that this setting shares with others of the section. No two
   * sections of the list may have a value in common among all settings of that name.
   */
  String unique() default "";

  /** The key that it had in an earlier release, which is still read; empty if it had no other. */
  String former() default "";
}
