package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;

/** A layer that was decrypted whole, its HMAC and digest checked. */
public record DecryptedLayer(Digest digest, long size) {}
