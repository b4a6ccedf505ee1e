/**
 * Operations for the holder of a private key on an encrypted image: list its recipients, decrypt
 * it, change its recipients. Runs where the key is; no service uses it.
 */
@NullMarked
package dev.longshore.app.keyholder;

import org.jspecify.annotations.NullMarked;
