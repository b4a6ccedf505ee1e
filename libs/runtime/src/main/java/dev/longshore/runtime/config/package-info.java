/** Shared by Longshore's services: settings of the machine, its registries and its peers. */
@NullMarked
package dev.longshore.runtime.config;

import org.jspecify.annotations.NullMarked;
