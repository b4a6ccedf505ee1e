package dev.longshore.sites;

/**
 * A key that signs a hub's answers.
 *
 * @param id the first 16 hexadecimal digits of the SHA-256 of the key's bytes
 * @param ed25519 the public key's 32 bytes (RFC 8032), in base64url without padding
 */
public record SigningKey(String id, String ed25519) {}
