/**
 * What the holder of a private key does with an encrypted image: look who can read it, decrypt it,
 * hand it to other recipients. Runs where the key is; no service uses it.
 */
@NullMarked
package dev.longshore.app.keyholder;

import org.jspecify.annotations.NullMarked;
