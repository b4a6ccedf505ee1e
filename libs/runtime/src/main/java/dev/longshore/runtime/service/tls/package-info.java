/** TLS with certificates in files, which may change while the program runs. */
@NullMarked
package dev.longshore.runtime.service.tls;

import org.jspecify.annotations.NullMarked;
