/** TLS from certificates in files, which may change while the program runs. */
@NullMarked
package dev.longshore.runtime.tls;

import org.jspecify.annotations.NullMarked;
