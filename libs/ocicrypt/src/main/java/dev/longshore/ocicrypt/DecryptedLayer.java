package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;

/** A completely decrypted layer, with verified HMAC and digest. */
public record DecryptedLayer(Digest digest, long size) {}
