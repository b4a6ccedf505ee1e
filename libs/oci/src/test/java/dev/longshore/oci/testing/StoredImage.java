package dev.longshore.oci.testing;

import dev.longshore.model.RepositoryName;
import dev.longshore.testing.RandomImage;

/** An image under a name, for a source to hold. */
public record StoredImage(RepositoryName name, String tag, RandomImage image) {}
