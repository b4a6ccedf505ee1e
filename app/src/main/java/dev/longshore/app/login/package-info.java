/** The configured credentials for registries: which files are read and which programs run. */
@NullMarked
package dev.longshore.app.login;

import org.jspecify.annotations.NullMarked;
