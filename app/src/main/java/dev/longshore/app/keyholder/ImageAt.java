package dev.longshore.app.keyholder;

import dev.longshore.model.Reference;
import dev.longshore.oci.source.ImageSource;

/**
 * The place of an image.
 *
 * @param asked the user's name for it, for messages
 * @param from its name there
 */
public record ImageAt(String asked, ImageSource source, Reference from) {}
