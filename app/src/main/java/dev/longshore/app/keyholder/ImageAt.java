package dev.longshore.app.keyholder;

import dev.longshore.model.Reference;
import dev.longshore.oci.ImageSource;

/**
 * Where an image is read.
 *
 * @param asked as a person named it, for messages
 * @param from its name there
 */
public record ImageAt(String asked, ImageSource source, Reference from) {}
