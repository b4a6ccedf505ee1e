/**
 * Credentials for registries as people have them: Docker's and containerd's files, credential
 * helpers, and programs that print some.
 */
@NullMarked
package dev.longshore.oci.login;

import org.jspecify.annotations.NullMarked;
